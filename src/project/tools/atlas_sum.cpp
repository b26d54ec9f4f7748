// Computes `atlas.sum` anew (ariga/atlas, sql/migrate/dir.go: NewHashFile, UnmarshalText) and finds
// the first difference.
#include <algorithm>
#include <project/tools/atlas_sum.hpp>
#include <project/tools/sections.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using Difference = AtlasSum::Difference;

struct Line {
  std::string name;
  std::string hash;
  Span span;
};

struct Recorded {
  std::string total;
  Span total_span;
  std::vector<Line> lines;
  std::optional<Span> unreadable;  // the first line that is none of a sum
};

Recorded read_lines(std::string_view text) {
  Recorded recorded;
  bool first = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, newline - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const Span span{static_cast<std::uint32_t>(begin),
                    static_cast<std::uint32_t>(begin + line.size())};
    begin = newline + 1;
    const std::size_t mark = line.find("h1:");
    if (first) {
      recorded.total = line.starts_with("h1:") ? line.substr(3) : line;
      recorded.total_span = span;
      first = false;
      if (line.starts_with("<<<<<<< ")) recorded.unreadable = span;
    } else if (mark == std::string_view::npos) {
      if (!recorded.unreadable) recorded.unreadable = span;
    } else {
      recorded.lines.push_back(
          {std::string(trim(line.substr(0, mark))), std::string(line.substr(mark + 3)), span});
    }
  }
  return recorded;
}

// A first line with `atlas:sum ignore`.
bool is_ignored(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t at = line.rfind("atlas:sum ");
  return at != std::string_view::npos && trim(line.substr(at + 10)) == "ignore";
}

// One running sum over names and contents, never begun anew; what a file adds is its line.
std::vector<Line> compute(Tree& tree, const Folder& folder, const std::vector<std::string>& names) {
  std::vector<Line> lines;
  Sha256 running;
  for (const std::string& name : names) {
    const SourceFile* source = tree.read(join_path(folder.path, name));
    running.add(name);
    if (!source || is_ignored(source->text)) continue;
    running.add(source->text);
    lines.push_back({name, running.base64(), {}});
  }
  return lines;
}

std::string total_of(const std::vector<Line>& lines) {
  Sha256 sum;
  for (const Line& line : lines) {
    sum.add(line.name);
    sum.add(line.hash);
  }
  return sum.base64();
}

bool has_line(const std::vector<Line>& lines, std::string_view name) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.name == name; });
}

bool equal(const std::vector<Line>& a, const std::vector<Line>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Line& x, const Line& y) {
    return x.name == y.name && x.hash == y.hash;
  });
}

// The folder's files as Atlas lists them: its glob is `*.sql`, in this case of letters.
std::vector<std::string> names_of(const Folder& folder, bool without_downs) {
  std::vector<std::string> names;
  for (const std::string& name : folder.files) {
    if (!name.ends_with(".sql") || (without_downs && name.ends_with(".down.sql"))) continue;
    names.push_back(name);
  }
  return names;
}

bool lists_no_downs(const Recorded& recorded, const Folder& folder) {
  const auto is_down = [](const std::string& name) { return name.ends_with(".down.sql"); };
  return !recorded.lines.empty() &&
         std::any_of(folder.files.begin(), folder.files.end(), is_down) &&
         std::none_of(recorded.lines.begin(), recorded.lines.end(),
                      [&](const Line& line) { return is_down(line.name); });
}

void find_difference(Tree& tree, const Folder& folder, const Recorded& recorded, AtlasSum& sum) {
  if (recorded.unreadable) {
    sum.difference = Difference::unreadable;
    sum.span = *recorded.unreadable;
    return;
  }
  const std::vector<std::string> names = names_of(folder, lists_no_downs(recorded, folder));
  std::vector<Line> computed = compute(tree, folder, names);
  if (!equal(computed, recorded.lines)) {
    // Atlas's other formats (Flyway's) sort in another way: then the order recorded is theirs.
    std::vector<std::string> order;
    for (const Line& line : recorded.lines) order.push_back(line.name);
    if (std::is_permutation(order.begin(), order.end(), names.begin(), names.end())) {
      std::vector<Line> in_their_order = compute(tree, folder, order);
      if (equal(in_their_order, recorded.lines)) computed = std::move(in_their_order);
    }
  }
  const auto take_file = [&](Difference difference, const std::string& name) {
    sum.difference = difference;
    sum.name = name;
    sum.file = tree.read(join_path(folder.path, name));
  };
  const auto take_line = [&](const Line& line) {
    sum.difference = Difference::removed;
    sum.name = line.name;
    sum.span = line.span;
  };
  for (std::size_t i = 0; i < std::max(computed.size(), recorded.lines.size()); ++i) {
    if (i == recorded.lines.size()) return take_file(Difference::added, computed[i].name);
    if (i == computed.size()) return take_line(recorded.lines[i]);
    const Line& theirs = recorded.lines[i];
    const Line& ours = computed[i];
    if (theirs.name == ours.name) {
      if (theirs.hash != ours.hash) return take_file(Difference::edited, ours.name);
      continue;
    }
    if (!has_line(recorded.lines, ours.name) && ours.name < theirs.name) {
      return take_file(Difference::added, ours.name);
    }
    if (!has_line(computed, theirs.name)) return take_line(theirs);
    if (!has_line(recorded.lines, ours.name)) return take_file(Difference::added, ours.name);
    return take_line(theirs);
  }
  if (recorded.total == total_of(recorded.lines)) return;
  sum.difference = Difference::total;
  sum.span = recorded.total_span;
}

std::string sum_path(const Folder& folder) { return join_path(folder.path, "atlas.sum"); }

}  // namespace

std::string atlas_sum_text(std::vector<SummedFile> files) {
  std::sort(files.begin(), files.end(),
            [](const SummedFile& one, const SummedFile& other) { return one.name < other.name; });
  std::vector<Line> lines;
  Sha256 running;
  for (const SummedFile& each : files) {
    running.add(each.name);
    if (is_ignored(each.text)) continue;
    running.add(each.text);
    lines.push_back({each.name, running.base64(), {}});
  }
  std::string text = cat("h1:", total_of(lines), "\n");
  for (const Line& each : lines) text += cat(each.name, " h1:", each.hash, "\n");
  return text;
}

bool atlas_sum_leaves_out_downs(std::string_view sum) {
  const std::vector<Line> lines = read_lines(sum).lines;
  return !lines.empty() && std::none_of(lines.begin(), lines.end(), [](const Line& line) {
    return line.name.ends_with(".down.sql");
  });
}

std::optional<AtlasPlace> atlas_place(Tree& tree, const Folder& folder) {
  for (std::string directory = folder.path; tree.inside(directory);
       directory = parent_path(directory)) {
    const std::string path = join_path(directory, "atlas.hcl");
    const SourceFile* source = tree.has_file(path) ? tree.read(path) : nullptr;
    const std::string_view text = source ? std::string_view(source->text) : std::string_view();
    constexpr std::string_view scheme = "file://";
    for (std::size_t at = text.find(scheme); at != text.npos; at = text.find(scheme, at + 1)) {
      const std::size_t begin = text.rfind('\n', at) + 1;
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(begin, end - begin);
      if (!begins_with_word(trim(line), "dir") && !trim(line).starts_with("dir=")) continue;
      std::string_view named = text.substr(at + scheme.size());
      named = named.substr(0, named.find_first_of("\"?\n"));
      if (normalize_path(join_path(directory, named)) != folder.path) continue;
      return AtlasPlace{source,
                        {static_cast<std::uint32_t>(at),
                         static_cast<std::uint32_t>(at + scheme.size() + named.size())}};
    }
    if (parent_path(directory) == directory) break;
  }
  return std::nullopt;
}

bool atlas_leaves_out_downs(Tree& tree, const Folder& folder) {
  if (!folder.has_file("atlas.sum")) return false;
  const auto text = tree.peek(sum_path(folder));
  return text && lists_no_downs(read_lines(*text), folder);
}

std::optional<AtlasSum> read_atlas_sum(Tree& tree, const Folder& folder) {
  AtlasSum sum;
  if (folder.has_file("atlas.sum")) {
    sum.source = tree.read(sum_path(folder));
    if (!sum.source) return std::nullopt;
    find_difference(tree, folder, read_lines(sum.source->text), sum);
    return sum;
  }
  const bool any = std::any_of(folder.files.begin(), folder.files.end(),
                               [](const std::string& name) { return name.ends_with(".sql"); });
  if (!any || tree.ignored(sum_path(folder), false)) return std::nullopt;
  const auto place = atlas_place(tree, folder);
  if (!place) return std::nullopt;
  sum.named_by = place->source;
  sum.named_span = place->span;
  return sum;
}

}  // namespace migguard::project
