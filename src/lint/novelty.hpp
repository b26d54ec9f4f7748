// What has become of every migration since an earlier commit: what is new has run nowhere, what is
// old has run somewhere.
#pragma once

#include <memory>
#include <migguard/project.hpp>
#include <vector>

namespace migguard::lint {

// Pairs the histories and migrations of a project with those of earlier commits (several during a
// merge) and says of each whether it is new, changed or as it was: as it was in any of them. A
// migration is the same one where its tool takes it for the same: by name, by number, Drizzle's by
// its `when`. "Changed" goes by bytes where the tool keeps a checksum (without line ends where it
// does), elsewhere by tokens. The project keeps the earlier ones.
void compare_with(std::vector<std::unique_ptr<Project>> earlier, Project& project);

}  // namespace migguard::lint
