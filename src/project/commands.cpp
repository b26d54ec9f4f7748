// Reads the kinds of files that run migration tools, each in its own format.
#include <algorithm>
#include <map>
#include <optional>
#include <project/commands.hpp>
#include <project/runner_files.hpp>
#include <project/shell.hpp>
#include <project/yaml.hpp>
#include <tuple>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains_ignoring_case(text, word); });
}

// Where a command runs against the database that matters. `script`: of package.json, else empty.
bool is_production(RunnerFile kind, std::string_view file, std::string_view script) {
  if (contains_any(file, {"dev", "test", "local"})) return false;
  if (contains_any(script, {"dev", "test", "local"})) return false;
  if (kind == RunnerFile::dockerfile || kind == RunnerFile::procfile || kind == RunnerFile::fly) {
    return true;
  }
  return contains_any(file, {"prod", "release", "deploy"}) ||
         contains_any(script, {"prod", "release", "deploy"}) || script == "start";
}

Span without_quotes(Span span) {
  return span.end - span.begin < 2 ? span : Span{span.begin + 1, span.end - 1};
}

// Reads one file; keeps it only where it holds a command.
class FileReader {
 public:
  FileReader(Tree& tree, std::string path, RunnerFile kind, std::string text,
             std::vector<RunnerCommand>& out)
      : tree_(tree), path_(std::move(path)), kind_(kind), text_(std::move(text)), out_(out) {}

  void read() {
    switch (kind_) {
      case RunnerFile::package:
        return read_package();
      case RunnerFile::compose:
        return read_compose();
      case RunnerFile::workflow:
        return read_workflow();
      case RunnerFile::dockerfile:
        return read_dockerfile();
      case RunnerFile::procfile:
        return read_procfile();
      case RunnerFile::fly:
        return read_fly();
      case RunnerFile::makefile:
        return read_makefile();
      case RunnerFile::shell:
        return add_script({0, size()}, "shell script");
    }
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }

  // Calls `take(line, begin)` for each line, without its end.
  template <class Take>
  void for_each_line(Take take) const {
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t newline = std::min(text_.find('\n', begin), text_.size());
      std::string_view line = std::string_view(text_).substr(begin, newline - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      take(line, static_cast<std::uint32_t>(begin));
      begin = newline + 1;
    }
  }

  void add(const CommandText& text, const std::string& place, std::string_view script = {}) {
    for (RunnerCommand& command : match_commands(text)) {
      if (!source_) source_ = tree_.keep(path_, text_);
      command.source = source_;
      command.place = place;
      command.production = is_production(kind_, file_name(path_), script);
      out_.push_back(std::move(command));
    }
  }

  void add_script(Span range, const std::string& place) {
    CommandText text;
    text.add_script(text_, range);
    add(text, place);
  }

  void read_package() {
    const auto parsed = json::parse(text_);
    const auto* root = std::get_if<json::Value>(&parsed);
    const json::Value* scripts = root ? root->get("scripts") : nullptr;
    if (!scripts) return;
    for (const json::Member& script : scripts->members) {
      if (!script.value.is_string()) continue;
      CommandText text;
      text.add_escaped(text_, without_quotes(script.value.span));
      add(text, cat("script \"", script.key, "\""), script.key);
    }
  }

  // A string as the shell gets it; block scalars line by line.
  void add_scalar(const YamlNode& node, CommandText& text) const {
    switch (node.style) {
      case YamlStyle::double_quoted:
        return text.add_escaped(text_, without_quotes(node.span));
      case YamlStyle::single_quoted:
        return text.add(text_, without_quotes(node.span));
      case YamlStyle::plain:
        return add_folded(node.span, text);
      case YamlStyle::literal:
        return text.add_script(text_, behind_header(node.span));
      case YamlStyle::folded:
        return add_folded(behind_header(node.span), text);
    }
  }

  // The lines below `|` or `>`.
  Span behind_header(Span span) const {
    const std::size_t newline = text_.find('\n', span.begin);
    if (newline >= span.end) return {span.end, span.end};
    return {static_cast<std::uint32_t>(newline + 1), span.end};
  }

  // Lines that YAML joins with blanks.
  void add_folded(Span span, CommandText& text) const {
    for (std::uint32_t at = span.begin; at < span.end;) {
      const auto newline =
          static_cast<std::uint32_t>(std::min<std::size_t>(text_.find('\n', at), span.end));
      text.add(text_, {at, newline});
      text.add_separator(' ');
      at = newline + 1;
    }
  }

  void add_command(const YamlNode* node, const std::string& place) {
    if (!node) return;
    CommandText text;
    if (node->kind == YamlKind::scalar) {
      add_scalar(*node, text);
    } else {
      for (const YamlNode& item : node->items) {
        if (item.kind == YamlKind::scalar) add_scalar(item, text);
        text.add_separator(' ');
      }
    }
    add(text, place);
  }

  void read_compose() {
    const auto document = parse_yaml(text_);
    if (!document) return add_script({0, size()}, "compose file");
    const YamlNode* services = document->get("services");
    if (!services) return;
    for (const YamlMember& service : services->members) {
      const std::string place = cat("service \"", service.key.value, "\"");
      for (const std::string_view key : {"entrypoint", "command"}) {
        const YamlNode* command = service.value.get(key);
        if (command && !is_of_image(service.value, *command)) add_command(command, place);
      }
    }
  }

  // Whether a command names a folder that only the service's image can hold: it is not built here,
  // and nothing is mounted over the folder. `goose -dir /app/migrations up` of somebody's image.
  static bool is_of_image(const YamlNode& service, const YamlNode& command) {
    if (!service.get("image") || service.get("build")) return false;
    std::vector<std::string_view> words;
    for (const std::string_view word : split(command.value, ' ')) words.push_back(word);
    for (const YamlNode& item : command.items) {
      for (const std::string_view word : split(item.value, ' ')) words.push_back(word);
    }
    for (std::string_view word : words) {
      // `--dir=/migrations`, `file:///migrations`
      if (const std::size_t scheme = word.find("file://"); scheme != word.npos)
        word.remove_prefix(scheme + 7);
      if (const std::size_t equals = word.find("=/"); equals != word.npos)
        word.remove_prefix(equals + 1);
      // A program's own path says nothing of what it runs.
      if (!word.starts_with('/') || word == words.front()) continue;
      if (!is_mounted(service, word)) return true;
    }
    return false;
  }

  static bool is_mounted(const YamlNode& service, std::string_view path) {
    const YamlNode* volumes = service.get("volumes");
    if (!volumes) return false;
    return std::any_of(volumes->items.begin(), volumes->items.end(), [&](const YamlNode& each) {
      std::string target;
      if (each.kind == YamlKind::mapping) {
        const YamlNode* written = each.get("target");
        if (written) target = written->value;
      } else if (const std::size_t colon = each.value.find(':'); colon != std::string::npos) {
        target = each.value.substr(colon + 1);
        target = target.substr(0, target.find(':'));
      }
      while (target.size() > 1 && target.ends_with('/')) target.pop_back();
      return !target.empty() && (is_below(path, target) || is_below(target, path));
    });
  }

  void read_workflow() {
    const auto document = parse_yaml(text_);
    if (!document) return add_script({0, size()}, "workflow");
    const YamlNode* jobs = document->get("jobs");
    if (!jobs) return;
    for (const YamlMember& job : jobs->members) {
      const YamlNode* steps = job.value.get("steps");
      if (!steps) continue;
      for (const YamlNode& step : steps->items) {
        const YamlNode* name = step.get("name");
        const bool named = name && name->kind == YamlKind::scalar;
        add_command(step.get("run"),
                    named ? cat("step \"", name->value, "\"") : cat("job \"", job.key.value, "\""));
      }
    }
  }

  // An instruction may go on over several lines; a list in JSON is joined by blanks.
  void read_dockerfile() {
    CommandText lines;
    std::string instruction;
    const auto finish = [&] {
      if (!instruction.empty()) add(lines, instruction);
      lines = {};
      instruction.clear();
    };
    bool goes_on = false;
    for_each_line([&](std::string_view line, std::uint32_t begin) {
      if (trim(line).starts_with('#')) return;
      if (!goes_on) {
        finish();
        const std::size_t word = std::min(line.find_first_not_of(" \t"), line.size());
        const std::size_t end = std::min(line.find_first_of(" \t", word), line.size());
        const std::string name = to_upper(line.substr(word, end - word));
        if (name == "RUN" || name == "CMD" || name == "ENTRYPOINT") instruction = name;
        line.remove_prefix(end);
        begin += static_cast<std::uint32_t>(end);
      }
      goes_on = trim(line).ends_with('\\');
      if (instruction.empty()) return;
      if (goes_on) line = line.substr(0, line.rfind('\\'));
      add_docker_arguments(line, begin, lines);
      lines.add_separator(' ');
    });
    finish();
  }

  void add_docker_arguments(std::string_view line, std::uint32_t begin, CommandText& out) const {
    const auto range = [&](std::size_t from, std::size_t to) {
      return Span{static_cast<std::uint32_t>(begin + from), static_cast<std::uint32_t>(begin + to)};
    };
    if (!trim(line).starts_with('[')) return out.add(text_, range(0, line.size()));
    for (std::size_t at = line.find('"'); at != std::string_view::npos; at = line.find('"', at)) {
      std::size_t end = at + 1;
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      end = std::min(end, line.size());
      out.add_escaped(text_, range(at + 1, end));
      out.add_separator(' ');
      at = std::min(end + 1, line.size());
    }
  }

  static std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return upper;
  }

  // `name: command`
  void read_procfile() {
    for_each_line([&](std::string_view line, std::uint32_t begin) {
      const std::size_t colon = line.find(':');
      if (line.starts_with('#') || colon == std::string_view::npos) return;
      CommandText text;
      text.add(text_, {begin + static_cast<std::uint32_t>(colon) + 1,
                       begin + static_cast<std::uint32_t>(line.size())});
      add(text, cat("process \"", trim(line.substr(0, colon)), "\""));
    });
  }

  // `release_command` and the values of `[processes]`.
  void read_fly() {
    bool processes = false;
    for_each_line([&](std::string_view line, std::uint32_t begin) {
      if (trim(line).starts_with('[')) processes = trim(line).starts_with("[processes]");
      const std::size_t equals = line.find('=');
      if (trim(line).starts_with('#') || equals == std::string_view::npos) return;
      const std::string_view key = trim(line.substr(0, equals));
      if (!processes && key != "release_command") return;
      CommandText text;
      text.add_escaped(text_, {begin + static_cast<std::uint32_t>(equals) + 1,
                               begin + static_cast<std::uint32_t>(line.size())});
      add(text, processes ? cat("process \"", key, "\"") : std::string(key));
    });
  }

  // Recipes: lines that begin with a tab, below their target.
  void read_makefile() {
    std::string target;
    CommandText recipe;
    const auto finish = [&] {
      add(recipe, cat("target \"", target, "\""));
      recipe = {};
    };
    for_each_line([&](std::string_view line, std::uint32_t begin) {
      const auto end = begin + static_cast<std::uint32_t>(line.size());
      if (line.starts_with('\t')) return recipe.add_script(text_, {begin, end});
      const std::size_t colon = line.find(':');
      if (line.empty() || line.starts_with('#') || line.starts_with(' ') ||
          colon == std::string_view::npos || line.substr(colon).starts_with(":=")) {
        return;
      }
      finish();
      target = trim(line.substr(0, colon));
    });
    finish();
  }

  Tree& tree_;
  std::string path_;
  RunnerFile kind_;
  std::string text_;
  const SourceFile* source_ = nullptr;
  std::vector<RunnerCommand>& out_;
};

void keep_one_per_line(std::vector<RunnerCommand>& commands) {
  using Place = std::tuple<const SourceFile*, std::uint32_t, Tool, RunnerAction>;
  std::map<Place, std::size_t> places;  // to the place in `kept`
  std::vector<RunnerCommand> kept;
  for (RunnerCommand& command : commands) {
    const Place place{command.source, command.source->position(command.span.begin).line,
                      command.tool, command.action};
    const auto [known, is_new] = places.emplace(place, kept.size());
    if (is_new) {
      kept.push_back(std::move(command));
    } else {
      kept[known->second].accepts_data_loss |= command.accepts_data_loss;
    }
  }
  commands = std::move(kept);
}

constexpr std::string_view init_directory = "/docker-entrypoint-initdb.d";

// The source of a volume that is the init directory; empty for others.
std::string init_source(const YamlNode& volume) {
  std::string source;
  std::string target;
  if (volume.kind == YamlKind::scalar) {
    const std::size_t colon = volume.value.find(':');
    if (colon == std::string::npos) return {};
    source = volume.value.substr(0, colon);
    target = volume.value.substr(colon + 1, volume.value.find(':', colon + 1) - colon - 1);
  } else {
    const YamlNode* from = volume.get("source");
    const YamlNode* to = volume.get("target");
    if (!from || !to) return {};
    source = from->value;
    target = to->value;
  }
  while (target.ends_with('/')) target.pop_back();
  return target == init_directory ? source : std::string();
}

}  // namespace

std::vector<RunnerCommand> find_commands(Tree& tree, const std::vector<std::string>& folders) {
  std::vector<RunnerCommand> commands;
  for (const std::string& path : folders) {
    for (const std::string& name : tree.folder(path).files) {
      const auto kind = runner_file_of(path, name);
      if (!kind) continue;
      auto text = tree.peek(join_path(path, name));
      if (!text || !may_hold_commands(*text)) continue;
      FileReader(tree, join_path(path, name), *kind, *std::move(text), commands).read();
    }
  }
  std::stable_sort(commands.begin(), commands.end(),
                   [](const RunnerCommand& a, const RunnerCommand& b) {
                     if (a.source != b.source) return a.source->path < b.source->path;
                     return a.span.begin < b.span.begin;
                   });
  keep_one_per_line(commands);
  return commands;
}

std::set<std::string> find_init_mounts(Tree& tree, const std::vector<std::string>& folders) {
  std::set<std::string> mounts;
  for (const std::string& path : folders) {
    for (const std::string& name : tree.folder(path).files) {
      if (runner_file_of(path, name) != RunnerFile::compose) continue;
      const auto text = tree.peek(join_path(path, name));
      if (!text || text->find(init_directory) == std::string::npos) continue;
      const auto document = parse_yaml(*text);
      const YamlNode* services = document ? document->get("services") : nullptr;
      if (!services) continue;
      for (const YamlMember& service : services->members) {
        const YamlNode* volumes = service.value.get("volumes");
        if (!volumes) continue;
        for (const YamlNode& volume : volumes->items) {
          const std::string source = init_source(volume);
          if (!source.empty()) mounts.insert(normalize_path(join_path(path, source)));
        }
      }
    }
  }
  return mounts;
}

std::vector<Tool> find_code_tools(Tree& tree, const std::vector<std::string>& folders) {
  constexpr std::pair<Tool, std::string_view> packages[] = {
      {Tool::knex, "\"knex\""}, {Tool::typeorm, "\"typeorm\""}, {Tool::sequelize, "\"sequelize\""}};
  std::vector<Tool> found;
  for (const std::string& path : folders) {
    if (!tree.folder(path).has_file("package.json")) continue;
    const auto text = tree.peek(join_path(path, "package.json"));
    if (!text) continue;
    for (const auto& [tool, key] : packages) {
      if (text->find(key) != std::string::npos) found.push_back(tool);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace migguard::project
