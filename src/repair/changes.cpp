#include <repair/changes.hpp>

#include <algorithm>
#include <string_view>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

// ---- The diff

struct Lines {
  std::vector<std::string_view> lines;
  bool ended = true;  // the last one ends in a line end
};

Lines lines_of(const std::optional<std::string>& text) {
  Lines out;
  if (!text || text->empty()) return out;
  out.lines = split(*text, '\n');
  out.ended = out.lines.back().empty();
  if (out.ended) out.lines.pop_back();
  return out;
}

// One line of the result: kept, taken out or put in.
struct Step {
  char mark = ' ';
  std::size_t at = 0;  // in the old lines, or in the new ones where it is put in
};

// Beyond so many differences a shortest diff is not worth its memory, and no better to read.
constexpr std::size_t most_differences = 1000;

bool equal(const Lines& before, std::size_t old_at, const Lines& after, std::size_t new_at) {
  const bool old_last = old_at + 1 == before.lines.size() && !before.ended;
  const bool new_last = new_at + 1 == after.lines.size() && !after.ended;
  return before.lines[old_at] == after.lines[new_at] && old_last == new_last;
}

// The greedy algorithm of E. Myers, An O(ND) Difference Algorithm and Its Variations (1986), on
// what differs between the first and the last difference.
std::vector<Step> compare(const Lines& before, const Lines& after) {
  const std::size_t old_size = before.lines.size(), new_size = after.lines.size();
  std::size_t head = 0, tail = 0;
  while (head < old_size && head < new_size && equal(before, head, after, head)) ++head;
  while (tail + head < old_size && tail + head < new_size &&
         equal(before, old_size - 1 - tail, after, new_size - 1 - tail))
    ++tail;
  const auto rows = static_cast<std::ptrdiff_t>(old_size - head - tail);
  const auto columns = static_cast<std::ptrdiff_t>(new_size - head - tail);
  const std::ptrdiff_t most = std::min<std::ptrdiff_t>(rows + columns, most_differences);

  std::vector<std::vector<std::ptrdiff_t>> traces;
  std::vector<std::ptrdiff_t> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::ptrdiff_t diagonal) -> std::ptrdiff_t& {
    return furthest[static_cast<std::size_t>(diagonal + most + 1)];
  };
  bool found = false;
  std::ptrdiff_t differences = 0;
  for (; differences <= most && !found; ++differences) {
    traces.push_back(furthest);
    for (std::ptrdiff_t diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const bool down = diagonal == -differences ||
                        (diagonal != differences && at(diagonal - 1) < at(diagonal + 1));
      std::ptrdiff_t row = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (row < rows && row - diagonal < columns &&
             equal(before, head + static_cast<std::size_t>(row), after,
                   head + static_cast<std::size_t>(row - diagonal)))
        ++row;
      at(diagonal) = row;
      if (row < rows || row - diagonal < columns) continue;
      found = true;
      break;
    }
  }

  std::vector<Step> middle;
  if (!found) {
    for (std::ptrdiff_t row = 0; row < rows; ++row)
      middle.push_back({'-', head + static_cast<std::size_t>(row)});
    for (std::ptrdiff_t column = 0; column < columns; ++column)
      middle.push_back({'+', head + static_cast<std::size_t>(column)});
  } else {
    std::ptrdiff_t row = rows, column = columns;
    for (std::ptrdiff_t step = differences - 1; step >= 0; --step) {
      furthest = traces[static_cast<std::size_t>(step)];
      const std::ptrdiff_t diagonal = row - column;
      const bool down =
          diagonal == -step || (diagonal != step && at(diagonal - 1) < at(diagonal + 1));
      const std::ptrdiff_t before_diagonal = down ? diagonal + 1 : diagonal - 1;
      const std::ptrdiff_t before_row = at(before_diagonal);
      const std::ptrdiff_t before_column = before_row - before_diagonal;
      while (row > before_row && column > before_column && row > 0 && column > 0) {
        --row, --column;
        middle.push_back({' ', head + static_cast<std::size_t>(row)});
      }
      if (step == 0) break;
      if (down) {
        middle.push_back({'+', head + static_cast<std::size_t>(--column)});
      } else {
        middle.push_back({'-', head + static_cast<std::size_t>(--row)});
      }
    }
    std::reverse(middle.begin(), middle.end());
  }
  std::vector<Step> steps;
  for (std::size_t line = 0; line < head; ++line) steps.push_back({' ', line});
  steps.insert(steps.end(), middle.begin(), middle.end());
  for (std::size_t line = old_size - tail; line < old_size; ++line) steps.push_back({' ', line});
  return steps;
}

// `12,3`; `12` where it is one line.
std::string range(std::size_t begin, std::size_t count) {
  return count == 1 ? std::to_string(begin + 1) : cat(count == 0 ? begin : begin + 1, ",", count);
}

std::string hunks(const Lines& before, const Lines& after) {
  constexpr std::size_t context = 3;
  const std::vector<Step> steps = compare(before, after);
  std::string out;
  std::size_t old_line = 0, new_line = 0;
  for (std::size_t at = 0; at < steps.size();) {
    if (steps[at].mark == ' ') {
      ++old_line, ++new_line, ++at;
      continue;
    }
    const std::size_t begin = at - std::min(at, context);
    std::size_t end = at, quiet = 0;
    for (std::size_t next = at; next < steps.size() && quiet <= 2 * context; ++next) {
      quiet = steps[next].mark == ' ' ? quiet + 1 : 0;
      if (quiet == 0) end = next + 1;
    }
    end = std::min(end + context, steps.size());
    // The context before the first difference was counted already, unless a hunk ended in it.
    std::size_t old_begin = old_line - (at - begin), new_begin = new_line - (at - begin);
    std::size_t old_count = 0, new_count = 0;
    std::string body;
    for (std::size_t line = begin; line < end; ++line) {
      const Step& step = steps[line];
      const Lines& from = step.mark == '+' ? after : before;
      body += cat(std::string(1, step.mark), from.lines[step.at], "\n");
      if (step.at + 1 == from.lines.size() && !from.ended) body += "\\ No newline at end of file\n";
      old_count += step.mark != '+';
      new_count += step.mark != '-';
    }
    out +=
        cat("@@ -", range(old_begin, old_count), " +", range(new_begin, new_count), " @@\n", body);
    old_line = old_begin + old_count;
    new_line = new_begin + new_count;
    at = end;
  }
  return out;
}

}  // namespace

std::string unified_diff(const FileChange& change) {
  const bool moved = !change.moved_from.empty() && change.moved_from != change.path;
  const bool same_text = change.before && change.after && *change.before == *change.after;
  if (same_text && !moved) return {};
  const std::string& old_path = change.old_path();
  std::string out = cat("diff --git a/", old_path, " b/", change.path, "\n");
  if (!change.before) out += "new file mode 100644\n";
  if (!change.after) out += "deleted file mode 100644\n";
  if (moved) out += cat("rename from ", old_path, "\nrename to ", change.path, "\n");
  if (same_text) return out;
  const std::string body = hunks(lines_of(change.before), lines_of(change.after));
  if (body.empty()) return out;
  const std::string old_name = change.before ? cat("a/", old_path) : "/dev/null";
  const std::string new_name = change.after ? cat("b/", change.path) : "/dev/null";
  return cat(out, "--- ", old_name, "\n+++ ", new_name, "\n", body);
}

// ---- The files as they would be

Changed::Changed(const FileSystem& files, const std::vector<FileChange>& changes) : files_(files) {
  for (const FileChange& each : changes)
    if (each.before && (!each.after || !each.moved_from.empty())) gone_.insert(each.old_path());
  for (const FileChange& each : changes) {
    if (!each.after) continue;
    texts_[normalize_path(each.path)] = *each.after;
    gone_.erase(each.path);
  }
}

Result<std::vector<DirectoryEntry>> Changed::list(const std::string& directory) const {
  auto listed = files_.list(directory);
  std::vector<DirectoryEntry> entries;
  if (listed) {
    entries = *std::move(listed);
  } else if (!is_directory(directory)) {
    return listed.error();
  }
  const std::string folder = normalize_path(directory);
  std::erase_if(entries, [&](const DirectoryEntry& each) {
    return gone_.count(normalize_path(join_path(folder, each.name))) > 0;
  });
  const std::string prefix = folder == "." ? std::string() : cat(folder, "/");
  for (const auto& [path, text] : texts_) {
    if (!path.starts_with(prefix)) continue;
    const std::string rest = path.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    const auto known = [&](const DirectoryEntry& each) { return each.name == name; };
    if (std::any_of(entries.begin(), entries.end(), known)) continue;
    entries.push_back({name, slash == std::string::npos ? EntryKind::file : EntryKind::directory});
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& one, const auto& other) { return one.name < other.name; });
  return entries;
}

Result<std::string> Changed::read(const std::string& path, std::size_t limit) const {
  const std::string normal = normalize_path(path);
  if (const auto found = texts_.find(normal); found != texts_.end()) return found->second;
  if (gone_.count(normal)) return Error{"there is no such file", path};
  return files_.read(path, limit);
}

bool Changed::is_file(const std::string& path) const {
  const std::string normal = normalize_path(path);
  if (texts_.count(normal)) return true;
  return !gone_.count(normal) && files_.is_file(path);
}

bool Changed::is_directory(const std::string& path) const {
  if (files_.is_directory(path)) return true;
  const std::string prefix = cat(normalize_path(path), "/");
  const auto next = texts_.lower_bound(prefix);
  return next != texts_.end() && next->first.starts_with(prefix);
}

Result<std::string> Changed::canonical(const std::string& path) const {
  auto found = files_.canonical(path);
  if (found || !texts_.count(normalize_path(path))) return found;
  auto folder = canonical(parent_path(path));
  if (!folder) return folder;
  return join_path(*folder, file_name(path));
}

}  // namespace migguard::repair
