// The files with which a project goes over to another migration tool, and what is left to do by
// hand.
#pragma once

#include <adopt/baseline.hpp>
#include <migguard/project.hpp>
#include <repair/changes.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace migguard::adopt {

struct Adoption {
  std::vector<repair::FileChange> files;  // all of them new
  std::vector<std::string> existing;      // what to run for databases that are there already
  std::vector<std::string> left_out;      // what the schema has and the tool's own files cannot say
};

// What all baselines are called, and when they were made: the `when` of the newest migration where
// its name tells, so that the same history gives the same files; else `now`. Milliseconds since
// 1970.
std::int64_t baseline_time(const History& history, std::int64_t now);

// `folder`: Drizzle's `out`; `marks`: the folder of the file for existing databases; `record`: where
// Drizzle's migrator is to note what it has applied.
Adoption to_drizzle(const Baseline& baseline, const History& history, const std::string& folder,
                    const std::string& marks, std::int64_t when, const RecordTable& record);
// `folder`: Prisma's `migrations`.
Adoption to_prisma(const Baseline& baseline, const History& history, const std::string& folder,
                   const std::string& marks);

}  // namespace migguard::adopt
