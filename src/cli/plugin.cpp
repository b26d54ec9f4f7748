#include <cli/plugin.hpp>
#include <git/process.hpp>
#include <lint/enum_names.hpp>
#include <lint/op_fields.hpp>
#include <lint/own_rules.hpp>
#include <report/dump.hpp>
#include <report/json_writer.hpp>
#include <report/place.hpp>
#include <sql/script.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace migguard::cli {
namespace {

using report::JsonWriter;

constexpr int protocol = 1;
constexpr std::chrono::seconds time_limit{60};

struct Plugin {
  std::string command;                 // as given
  std::vector<std::string> arguments;  // the program by its path, and its arguments
};

// What a finding can refer to.
struct Shown {
  const Op* op;
  const Migration* migration;
  const Statement* statement;
};

std::string text_at(const Op& op, std::initializer_list<std::string_view> paths) {
  for (const std::string_view each : paths) {
    std::vector<std::string> path;
    for (const std::string_view part : split(each, '.')) path.emplace_back(part);
    std::string text = lint::first_text(op, path);
    if (!text.empty()) return text;
  }
  return {};
}

// A member that is the name of an object; null where the operation has none.
const Name* name_at(const Op& op, std::string_view member) {
  const Name* name = nullptr;
  const std::vector<std::string> path{std::string(member)};
  lint::each_value(op, path, [&](const lint::FieldValue& value) { name = value.name; });
  return name;
}

// What `name` may be, the first that an operation has. An object's own name has no schema.
std::string name_of(const Op& op) {
  for (const std::string_view member :
       {"new_name", "index", "constraint", "constraint.name", "trigger", "policy", "view",
        "sequence", "function", "extension", "domain", "name"}) {
    const Name* name = name_at(op, member);
    std::string text = name ? std::string(name->name) : text_at(op, {member});
    if (!text.empty()) return text;
  }
  return {};
}

// Where the operation's object is, and its table: the operation says it, or the history knows it.
struct Where {
  Text schema;
  Text table;
  std::optional<Name> facts_of;
};
Where where(const Op& op, const Schema& schema) {
  if (const Name* table = name_at(op, "table")) {
    const Name resolved = schema.resolve(*table);
    return {resolved.schema, resolved.name, *table};
  }
  if (const Name* index = name_at(op, "index")) {
    if (const Relation* table = schema.index(*index).table)
      return {table->schema, table->name, Name{table->schema, table->name}};
    return {schema.resolve(*index).schema, {}, {}};
  }
  for (const std::string_view member : {"view", "sequence", "function", "domain", "name"}) {
    if (const Name* name = name_at(op, member)) return {schema.resolve(*name).schema, {}, {}};
  }
  return {};
}

// What the history knows of the table before the operation takes effect.
void write_facts(JsonWriter& out, const std::optional<Name>& table, const Schema& schema) {
  const auto found = table ? schema.relation(*table) : Lookup<Relation>(Known::unknown);
  const Relation* relation = found.known();
  out.key("facts").begin_object().member("exists", lint::enum_name(found.exists()));
  out.member("new", relation && schema.is_new(*relation));
  out.key("columns").begin_array();
  if (relation) {
    for (const Column& each : relation->columns) {
      out.begin_object().member("name", each.name).member("type", each.type.text);
      out.member("not_null", lint::enum_name(each.not_null)).end_object();
    }
  }
  out.end_array().end_object();
}

class Plugins final : public lint::Outsider {
 public:
  explicit Plugins(std::vector<Plugin> plugins) : plugins_(std::move(plugins)) {}

  void begin(int pg_version) override {
    shown_.clear();
    JsonWriter out;
    input_ = out.begin_object()
                 .member("migguard", protocol)
                 .member("pg_version", pg_version)
                 .end_object()
                 .take();
  }

  void operation(const Op& op, const Migration& migration, const Statement& statement,
                 const Schema& schema, bool in_transaction) override {
    shown_.push_back({&op, &migration, &statement});
    const SourceFile& source = *migration.source;
    const report::Place place = report::place_of(&source, statement.span);
    JsonWriter out;
    out.begin_object().member("id", shown_.size()).member("kind", kind(op));
    out.member("path", place.path).member("line", place.begin.line);
    out.member("end_line", place.end.line).member("migration", migration.id);
    out.member("in_transaction", in_transaction);
    out.member("text",
               std::string_view(source.text)
                   .substr(statement.span.begin, statement.span.end - statement.span.begin));
    const Where place_of_object = where(op, schema);
    out.member("schema", place_of_object.schema).member("table", place_of_object.table);
    out.member("column", text_at(op, {"column", "column.name"}));
    out.member("type", text_at(op, {"column.type", "type"}));
    out.member("name", name_of(op));
    for (const std::string_view flag : {"cascade", "concurrently", "if_exists", "if_not_exists"})
      out.member(flag, text_at(op, {flag}) == "true");
    out.member("not_valid", text_at(op, {"constraint.not_valid"}) == "true");
    write_facts(out, place_of_object.facts_of, schema);
    out.key("unstable");
    report::write_operation(out, op, source, statement.span);
    input_ += out.end_object().take();
  }

  Result<std::vector<Said>> findings() override {
    std::vector<Said> all;
    for (const Plugin& plugin : plugins_) {
      const auto output = git::run(plugin.arguments, {}, input_, time_limit);
      if (!output) return output.error();
      if (output->timed_out)
        return Error{cat("the plugin `", printable(plugin.command), "` did not end within ",
                         time_limit.count(), " seconds")};
      if (output->status != 0) {
        const std::string_view said = last_line(output->err);
        return Error{cat("the plugin `", printable(plugin.command), "` failed with exit status ",
                         output->status, said.empty() ? "" : cat(": ", printable(said)))};
      }
      std::size_t number = 0;
      for (const std::string_view line : split(output->out, '\n')) {
        ++number;
        if (trim(line).empty()) continue;
        Said said;
        if (const std::string mistake = read(line, said); !mistake.empty())
          return Error{cat("the plugin `", printable(plugin.command), "`, line ", number,
                           " of its answer: ", mistake)};
        all.push_back(std::move(said));
      }
    }
    return all;
  }

 private:
  // The last line that says something: of a stack trace the error stands higher up, but what a
  // plugin writes for people ends with it.
  static std::string_view last_line(std::string_view text) {
    std::string_view last, error;
    for (const std::string_view line : split(text, '\n')) {
      const std::string_view words = trim(line);
      if (words.empty()) continue;
      if (error.empty() && words.find("Error") != std::string_view::npos) error = words;
      last = words;
    }
    return error.empty() ? last : error;
  }

  // What is wrong with a line of an answer, or nothing.
  std::string read(std::string_view line, Said& said) const {
    const auto parsed = json::parse(line);
    const auto* object = std::get_if<json::Value>(&parsed);
    if (!object || !object->is_object())
      return cat("it is no JSON object: ", printable(line.substr(0, 80)));
    const auto text = [&](std::string_view name) {
      const json::Value* value = object->get(name);
      return value && value->is_string() ? value->text : std::string();
    };
    const json::Value* id = object->get("id");
    const auto number = id ? id->integer() : std::nullopt;
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > shown_.size())
      return "`id` names none of the operations it was given";
    said.rule = text("rule");
    if (std::string mistake = lint::own_name_mistake(said.rule); !mistake.empty()) return mistake;
    said.message = text("message");
    if (said.message.empty()) return "a finding needs a `message`";
    said.why = text("why");
    said.help = text("help");
    if (said.why.empty()) said.why = "a plugin asks for it";
    constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
    constexpr std::array severities{Severity::note, Severity::warning, Severity::error};
    const std::string severity = object->get("severity") ? text("severity") : "error";
    const auto known = std::find(names.begin(), names.end(), severity);
    if (known == names.end()) return "`severity` is \"note\", \"warning\" or \"error\"";
    said.severity = severities[static_cast<std::size_t>(known - names.begin())];
    const Shown& shown = shown_[static_cast<std::size_t>(*number) - 1];
    said.source = shown.migration->source;
    said.span = sql::locate(said.source->text, *shown.statement, *shown.op);
    return {};
  }

  std::vector<Plugin> plugins_;
  std::string input_;
  std::vector<Shown> shown_;
};

}  // namespace

std::vector<std::string> command_words(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  char quote = '\0';
  for (std::size_t at = 0; at < command.size(); ++at) {
    const char each = command[at];
    if (each == '\\' && quote != '\'' && at + 1 < command.size()) {
      word += command[++at];
      begun = true;
    } else if (quote != '\0') {
      if (each == quote) {
        quote = '\0';
      } else {
        word += each;
      }
    } else if (each == '\'' || each == '"') {
      quote = each;
      begun = true;
    } else if (each == ' ' || each == '\t') {
      if (begun) words.push_back(std::move(word));
      word.clear();
      begun = false;
    } else {
      word += each;
      begun = true;
    }
  }
  if (begun) words.push_back(std::move(word));
  return words;
}

Result<std::unique_ptr<lint::Outsider>> start_plugins(const std::vector<std::string>& commands) {
  std::vector<Plugin> plugins;
  for (const std::string& command : commands) {
    Plugin plugin{command, command_words(command)};
    if (plugin.arguments.empty()) return Error{"`--plugin` names no program"};
    std::string& program = plugin.arguments.front();
    if (program.find('/') == std::string::npos) {
      const std::string found = git::find_program(program);
      if (found.empty())
        return Error{cat("the plugin's program `", printable(program), "` is not installed")};
      program = found;
    }
    plugins.push_back(std::move(plugin));
  }
  std::unique_ptr<lint::Outsider> outsider;
  if (!plugins.empty()) outsider = std::make_unique<Plugins>(std::move(plugins));
  return outsider;
}

}  // namespace migguard::cli
