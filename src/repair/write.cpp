// What is done in which order, so that at any moment the files are as they were, or the note says
// how they come to be so again:
//
//   1. `.migguard-write.begun`, the note: which files, and the sums of their texts before and
//   after.
//   2. New texts go to `.migguard-NAME.new`, and old ones get `.migguard-NAME.old` as a second
//   name.
//   3. The note's name becomes `.migguard-write.changing`: from here on there is something to undo.
//   4. New texts are renamed to where they belong; files that go are removed.
//   5. The note's name becomes `.migguard-write.done`: from here on there is only to clear up.
#include <repair/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <report/json_writer.hpp>
#include <set>
#include <string_view>
#include <system_error>
#include <util/json.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

#ifndef _WIN32
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#endif

namespace migguard::repair {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view note_begun = ".migguard-write.begun";
constexpr std::string_view note_changing = ".migguard-write.changing";
constexpr std::string_view note_done = ".migguard-write.done";
constexpr std::array note_names{note_begun, note_changing, note_done};
constexpr std::string_view note_format = "migguard-write";

// One change as the note has it; paths below the note's folder, sums in hexadecimals or empty where
// there is no file.
struct Noted {
  std::string path, old_path;
  std::string before, after;
};

struct Note {
  std::string folder;
  std::vector<Noted> changes;
  std::vector<std::string> folders;  // made for new files, outer ones first

  std::string at(std::string_view path) const { return join_path(folder, path); }
};

std::string sum_of(std::string_view text) {
  Sha256 sum;
  sum.add(text);
  return sum.hexadecimal();
}

std::string beside(const std::string& path, std::string_view ending) {
  return join_path(parent_path(path), cat(".migguard-", file_name(path), ending));
}

Error failure(const std::error_code& error, std::string_view what, const std::string& path) {
  return {cat(what, ": ", error.message()), path};
}

// ---- One process at a time

// The lock is the system's, so that it ends with the process however that ends.
class FolderLock {
 public:
  explicit FolderLock([[maybe_unused]] const std::string& folder) {
#ifndef _WIN32
    number_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    taken_ = number_ >= 0 && ::flock(number_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
#endif
  }
  ~FolderLock() {
#ifndef _WIN32
    if (number_ >= 0) ::close(number_);
#endif
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool taken() const { return taken_; }

 private:
  int number_ = -1;
  bool taken_ = false;
};

Error busy(const std::string& folder) { return {"another migguard is writing here", folder}; }

// ---- The note

// Where `path` lies, seen from `folder`, with forward slashes; both as text.
std::string seen_from(const fs::path& folder, const std::string& path) {
  return fs::absolute(path).lexically_normal().lexically_relative(folder).generic_string();
}

// The innermost folder that is there, around all that is changed.
fs::path folder_around(const std::vector<FileChange>& changes,
                       const std::vector<std::string>& folders) {
  std::vector<fs::path> inside;
  for (const FileChange& each : changes) {
    inside.push_back(fs::absolute(parent_path(each.path)).lexically_normal());
    inside.push_back(fs::absolute(parent_path(each.old_path())).lexically_normal());
  }
  for (const std::string& each : folders) inside.push_back(fs::absolute(each).lexically_normal());
  fs::path around = inside.front();
  for (const fs::path& each : inside) {
    const auto [mine, other] =
        std::mismatch(around.begin(), around.end(), each.begin(), each.end());
    fs::path common;
    for (auto part = around.begin(); part != mine; ++part) common /= *part;
    around = common;
  }
  if (!around.has_filename() && around.has_parent_path()) around = around.parent_path();
  std::error_code ignored;
  while (!fs::is_directory(around, ignored) && around != around.parent_path())
    around = around.parent_path();
  return around;
}

Note make_note(const std::vector<FileChange>& changes, const std::vector<std::string>& folders) {
  const fs::path around = folder_around(changes, folders);
  Note note{.folder = around.generic_string(), .changes = {}, .folders = {}};
  std::set<std::string> missing;
  for (const FileChange& each : changes) {
    note.changes.push_back({seen_from(around, each.path), seen_from(around, each.old_path()),
                            each.before ? sum_of(*each.before) : "",
                            each.after ? sum_of(*each.after) : ""});
    for (std::string at = parent_path(note.changes.back().path); at != "." && at != "/";
         at = parent_path(at))
      if (!fs::exists(note.at(at))) missing.insert(at);
  }
  note.folders.assign(missing.begin(), missing.end());
  return note;
}

std::string text_of(const Note& note) {
  constexpr auto block = report::JsonWriter::Layout::block;
  report::JsonWriter json;
  json.begin_object(block).member("format", note_format).member("version", 1);
  json.member("about",
              "migguard was killed while it wrote these files: `migguard repair --write` puts them "
              "back");
  json.key("changes").begin_array(block);
  for (const Noted& each : note.changes) {
    json.begin_object().member("path", each.path).member("from", each.old_path);
    json.member("before", each.before).member("after", each.after).end_object();
  }
  json.end_array().key("folders").begin_array();
  for (const std::string& each : note.folders) json.value(each);
  json.end_array().end_object();
  return json.take();
}

// A note may come from whoever wrote the project: it names files of its own folder, or none.
bool inside(const std::string& name) {
  const fs::path path(name);
  return !name.empty() && !path.has_root_path() && path.lexically_normal() == path && path != "." &&
         *path.begin() != "..";
}

bool leads_out(const Note& note, const std::string& path, const FileSystem& files) {
  const auto folder = files.canonical(note.folder);
  if (!folder) return true;
  for (std::string at = parent_path(path); at != "."; at = parent_path(at)) {
    if (!files.exists(note.at(at))) continue;
    const auto real = files.canonical(note.at(at));
    return !real || !real->starts_with(*folder == "/" ? *folder : cat(*folder, "/"));
  }
  return false;
}

Result<Note> read_note(const std::string& path, const FileSystem& files) {
  const auto text = files.read(path);
  if (!text) return text.error();
  const auto parsed = json::parse(*text);
  const auto* root = std::get_if<json::Value>(&parsed);
  const json::Value* format = root ? root->get("format") : nullptr;
  const json::Value* changes = root ? root->get("changes") : nullptr;
  const json::Value* folders = root ? root->get("folders") : nullptr;
  if (!format || format->text != note_format || !changes || !changes->is_array() || !folders ||
      !folders->is_array())
    return Error{"is no note of what migguard was writing", path};
  Note note{.folder = parent_path(path), .changes = {}, .folders = {}};
  const auto text_at = [](const json::Value& object, std::string_view key) {
    const json::Value* value = object.get(key);
    return value && value->is_string() ? value->text : std::string();
  };
  for (const json::Value& each : changes->items)
    note.changes.push_back({text_at(each, "path"), text_at(each, "from"), text_at(each, "before"),
                            text_at(each, "after")});
  for (const json::Value& each : folders->items) note.folders.push_back(each.text);
  const auto fine = [&](const std::string& name) {
    return inside(name) && !leads_out(note, name, files);
  };
  for (const Noted& each : note.changes)
    if (!fine(each.path) || !fine(each.old_path))
      return Error{"leads out of its folder, or to no file", path};
  for (const std::string& each : note.folders)
    if (!fine(each)) return Error{"leads out of its folder, or to no file", path};
  return note;
}

// ---- Undoing

void remove_all(const Note& note, std::string_view ending) {
  std::error_code ignored;
  for (const Noted& each : note.changes) {
    const bool old = ending == ".old";
    if (!(old ? each.before : each.after).empty())
      fs::remove(note.at(beside(old ? each.old_path : each.path, ending)), ignored);
  }
}

// Those that are empty, which is all that the system removes.
void remove_folders(const Note& note) {
  std::error_code ignored;
  for (auto each = note.folders.rbegin(); each != note.folders.rend(); ++each)
    if (fs::is_directory(note.at(*each), ignored)) fs::remove(note.at(*each), ignored);
}

// What stands at a path: its sum, empty where there is nothing.
Result<std::string> sum_at(const std::string& path, const FileSystem& files) {
  if (!files.exists(path)) return std::string();
  const auto text = files.read(path);
  if (!text) return text.error();
  return sum_of(*text);
}

std::optional<Error> put_back(const Note& note, const FileSystem& files) {
  // What each path may hold: nothing, what it held, or what it was to hold.
  std::map<std::string, std::set<std::string>> expected;
  std::set<std::string> there_before;
  for (const Noted& each : note.changes) {
    if (!each.before.empty()) expected[each.old_path].insert(each.before);
    if (!each.before.empty()) there_before.insert(each.old_path);
    if (!each.after.empty()) expected[each.path].insert(each.after);
  }
  for (const auto& [path, sums] : expected) {
    const auto sum = sum_at(note.at(path), files);
    if (!sum) return sum.error();
    if (!sum->empty() && !sums.count(*sum))
      return Error{cat("was changed after a write was cut short here; as it was before, it is in ",
                       file_name(beside(path, ".old"))),
                   note.at(path)};
  }
  for (const Noted& each : note.changes) {
    if (each.before.empty()) continue;
    const auto kept = sum_at(note.at(beside(each.old_path, ".old")), files);
    const auto now = sum_at(note.at(each.old_path), files);
    if (!kept) return kept.error();
    if (!now) return now.error();
    if (*kept != each.before && *now != each.before)
      return Error{"is lost: neither it nor the copy beside it is as it was",
                   note.at(each.old_path)};
  }
  for (const Noted& each : note.changes) {
    if (each.before.empty()) continue;
    const std::string kept = note.at(beside(each.old_path, ".old"));
    std::error_code error;
    if (!fs::exists(kept, error)) continue;  // put back by an undo that was cut short itself
    // Two names of one file: rename would do nothing, and removing the second one does no harm.
    if (fs::equivalent(kept, note.at(each.old_path), error)) continue;
    fs::rename(kept, note.at(each.old_path), error);
    if (error) return failure(error, "cannot be put back", note.at(each.old_path));
  }
  for (const Noted& each : note.changes) {
    if (each.after.empty() || there_before.count(each.path)) continue;
    std::error_code error;
    fs::remove(note.at(each.path), error);
    if (error) return failure(error, "cannot be removed", note.at(each.path));
  }
  return std::nullopt;
}

// `name`: how far the write had come.
std::optional<Error> undo(const Note& note, std::string_view name, const FileSystem& files) {
  if (name == note_changing)
    if (auto error = put_back(note, files)) return error;
  remove_all(note, ".new");
  remove_all(note, ".old");
  if (name != note_done) remove_folders(note);
  std::error_code error;
  fs::remove(note.at(name), error);
  if (error) return failure(error, "cannot be removed", note.at(name));
  return std::nullopt;
}

// ---- Writing

std::optional<Error> write_text(const std::string& path, std::string_view text) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return Error{cat("cannot be written: ", std::generic_category().message(errno)), path};
  return std::nullopt;
}

std::optional<Error> advance(const Note& note, std::string_view from, std::string_view to) {
  std::error_code error;
  fs::rename(note.at(from), note.at(to), error);
  if (error) return failure(error, "cannot be renamed", note.at(from));
  return std::nullopt;
}

std::optional<Error> keep(const std::string& path) {
  const std::string kept = beside(path, ".old");
  std::error_code error;
  fs::remove(kept, error);
  fs::create_hard_link(path, kept, error);
  if (error) fs::copy_file(path, kept, error);  // no second names on this file system
  if (error) return failure(error, "cannot be kept", path);
  return std::nullopt;
}

std::optional<Error> prepare(const std::vector<FileChange>& changes, const Note& note) {
  for (const std::string& each : note.folders) {
    std::error_code error;
    fs::create_directory(note.at(each), error);
    if (error) return failure(error, "cannot be made", note.at(each));
  }
  for (const FileChange& each : changes) {
    if (each.before)
      if (auto error = keep(each.old_path())) return error;
    if (!each.after) continue;
    const std::string text = beside(each.path, ".new");
    if (auto error = write_text(text, *each.after)) return Error{error->message, each.path};
    if (!each.before) continue;
    std::error_code error;
    const fs::perms permissions = fs::status(each.old_path(), error).permissions();
    if (!error) fs::permissions(text, permissions, error);
  }
  return std::nullopt;
}

std::optional<Error> change(const std::vector<FileChange>& changes) {
  std::set<std::string> places;
  for (const FileChange& each : changes) {
    if (!each.after) continue;
    std::error_code error;
    fs::rename(beside(each.path, ".new"), each.path, error);
    if (error) return failure(error, "cannot be written", each.path);
    places.insert(each.path);
  }
  for (const FileChange& each : changes) {
    if (!each.before || places.count(each.old_path())) continue;
    std::error_code error;
    fs::remove(each.old_path(), error);
    if (error) return failure(error, "cannot be removed", each.old_path());
  }
  return std::nullopt;
}

std::optional<Error> still_as_planned(const std::vector<FileChange>& changes,
                                      const FileSystem& files) {
  std::set<std::string> leaving;
  for (const FileChange& each : changes) {
    if (!each.before) continue;
    const auto text = files.read(each.old_path());
    if (!text) return text.error();
    if (*text != *each.before)
      return Error{"was changed while the plan was made; nothing was written", each.old_path()};
    leaving.insert(each.old_path());
  }
  for (const FileChange& each : changes)
    if (each.after && files.exists(each.path) && !leaving.count(each.path))
      return Error{"is there already; nothing was written", each.path};
  return std::nullopt;
}

}  // namespace

std::vector<std::string> unfinished_writes(const std::vector<std::string>& folders,
                                           const FileSystem& files) {
  std::set<std::string> looked_at;
  std::vector<std::string> notes;
  for (const std::string& folder : folders) {
    std::string at = normalize_path(folder);
    while (looked_at.insert(at).second) {
      for (const std::string_view name : note_names)
        if (std::string note = join_path(at, name); files.is_file(note)) notes.push_back(note);
      if (at == ".." || at.ends_with("/..")) break;
      at = parent_path(at);
    }
  }
  return notes;
}

std::optional<Error> undo_write(const std::string& note, const FileSystem& files) {
  const FolderLock lock(parent_path(note));
  if (lock.taken()) return busy(parent_path(note));
  // One that was cut short when it had only just begun to say what it would do, did nothing else.
  if (file_name(note) == note_begun) {
    const auto text = files.read(note);
    if (text && !text->ends_with("}\n")) {
      std::error_code error;
      fs::remove(note, error);
      if (error) return failure(error, "cannot be removed", note);
      return std::nullopt;
    }
  }
  const auto read = read_note(note, files);
  if (!read) return read.error();
  return undo(*read, file_name(note), files);
}

std::optional<Error> write_changes(const std::vector<FileChange>& changes,
                                   const std::vector<std::string>& folders,
                                   const FileSystem& files) {
  if (changes.empty()) return std::nullopt;
  const Note note = make_note(changes, folders);
  const FolderLock lock(note.folder);
  if (lock.taken()) return busy(note.folder);
  if (const auto unfinished = unfinished_writes({note.folder}, files); !unfinished.empty())
    return Error{std::string(write_was_cut_short), unfinished.front()};
  if (auto error = still_as_planned(changes, files)) return error;

  std::string_view at = note_begun;
  std::optional<Error> error = write_text(note.at(at), text_of(note));
  if (error) error->path = changes.front().path;
  if (!error) error = prepare(changes, note);
  if (!error) error = advance(note, at, note_changing);
  if (!error) {
    at = note_changing;
    error = change(changes);
  }
  if (!error) error = advance(note, at, note_done);
  if (!error) at = note_done;
  const auto undone = undo(note, at, files);
  if (!error) return std::nullopt;  // what could not be cleared up, the next run does
  error->message += undone ? cat("; and ", undone->path, " ", undone->message)
                           : std::string("; nothing was changed");
  return error;
}

}  // namespace migguard::repair
