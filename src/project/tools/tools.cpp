// The table of readers: another tool is another file and a line here.
#include <algorithm>
#include <array>
#include <project/tools/tools.hpp>

namespace migguard::project {

std::span<const ToolReader* const> tool_readers() {
  static constexpr std::array<const ToolReader*, 14> readers = {
      &drizzle_reader,         &drizzle_v1_reader, &prisma_reader, &diesel_reader,
      &supabase_reader,        &atlas_reader,      &flyway_reader, &sqlx_reader,
      &golang_migrate_reader,  &goose_reader,      &dbmate_reader, &sql_migrate_reader,
      &node_pg_migrate_reader, &plain_reader};
  return readers;
}

const ToolReader* reader_of(Tool tool) {
  const auto readers = tool_readers();
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&](const ToolReader* each) { return each->tool == tool; });
  return found == readers.end() ? nullptr : *found;
}

}  // namespace migguard::project
