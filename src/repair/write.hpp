// Changes written to disk all together or not at all, wherever the process may be killed: what it
// is about to do lies in a note beside the files, by which a later run puts them back.
#pragma once

#include <optional>
#include <repair/changes.hpp>
#include <string>
#include <string_view>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::repair {

// Makes the changes on disk; where one step fails, those before it are undone. The note lies in the
// innermost folder around all changes and around `folders`, which is where unfinished_write looks.
// Errors: a file is not as `before` says any more, a new one is there already, the disk refuses,
// another process writes there, or one was killed while it did.
std::optional<Error> write_changes(const std::vector<FileChange>& changes,
                                   const std::vector<std::string>& folders,
                                   const FileSystem& files);

// The notes of processes that were killed while they wrote in these folders or around them.
std::vector<std::string> unfinished_writes(const std::vector<std::string>& folders,
                                           const FileSystem& files);

// What to say of such a note.
inline constexpr std::string_view write_was_cut_short =
    "a write was cut short here; `migguard repair --write` puts the files back";

// Puts every file back as it was before that write, or clears up behind one that was done already.
// Errors: a file is neither as it was nor as the write would have it (nothing is touched then), the
// note leads out of its folder, the disk refuses, the process is still at it.
std::optional<Error> undo_write(const std::string& note, const FileSystem& files);

}  // namespace migguard::repair
