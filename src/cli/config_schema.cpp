#include <cli/config_schema.hpp>
#include <cli/options.hpp>
#include <lint/op_fields.hpp>
#include <lint/own_rules.hpp>
#include <migguard/rule.hpp>
#include <report/json_writer.hpp>

#include <initializer_list>
#include <map>
#include <span>
#include <string_view>

namespace migguard::cli {
namespace {

using report::JsonWriter;
constexpr auto block = JsonWriter::Layout::block;

class Schema {
 public:
  std::string write() {
    out_.begin_object(block);
    out_.member("$schema", "http://json-schema.org/draft-07/schema#");
    out_.member("title", "migguard.json");
    out_.member("description", "Configuration of migguard; comments and trailing commas are read.");
    definitions();
    out_.member("type", "object").member("additionalProperties", false);
    properties();
    return out_.end_object().take();
  }

 private:
  void text(std::string_view name, std::string_view description) {
    out_.key(name).begin_object().member("type", "string").member("minLength", 1);
    out_.member("description", description).end_object();
  }
  void texts(std::string_view name, std::string_view description) {
    out_.key(name).begin_object().member("type", "array").member("description", description);
    out_.key("items").begin_object().member("type", "string").member("minLength", 1);
    out_.end_object().end_object();
  }
  void flag(std::string_view name, std::string_view description) {
    out_.key(name).begin_object().member("type", "boolean").member("description", description);
    out_.end_object();
  }
  void choice(std::string_view name, std::span<const std::string_view> names,
              std::string_view description) {
    out_.key(name).begin_object().key("enum").begin_array();
    for (const std::string_view each : names) out_.value(each);
    out_.end_array().member("description", description).end_object();
  }
  void choice(std::string_view name, std::initializer_list<std::string_view> names,
              std::string_view description) {
    choice(name, std::span(names.begin(), names.size()), description);
  }
  void reference(std::string_view name, std::string_view definition) {
    out_.key(name).begin_object().member("$ref", cat("#/definitions/", definition)).end_object();
  }
  // A list of objects: begin, properties, end.
  void begin_list(std::string_view name, std::string_view description,
                  std::initializer_list<std::string_view> required) {
    out_.key(name).begin_object(block).member("type", "array").member("description", description);
    out_.key("items").begin_object(block).member("type", "object");
    out_.member("additionalProperties", false).key("required").begin_array();
    for (const std::string_view each : required) out_.value(each);
    out_.end_array().key("properties").begin_object(block);
  }
  void end_list() { out_.end_object().end_object().end_object(); }

  void definitions() {
    constexpr std::string_view severities[] = {"off", "note", "warning", "error"};
    out_.key("definitions").begin_object(block);
    choice("severity", severities, "How grave it is; off: not asked.");
    choice("tool", tool_names(), "A migration tool.");
    out_.key("pgVersion").begin_object().member("type", "integer").member("minimum", 12);
    out_.member("description", "The server's major version.").end_object();
    out_.key("ruleName").begin_object().key("anyOf").begin_array();
    out_.begin_object().key("enum").begin_array();
    for (const RegisteredRule& each : all_rules()) out_.value(each.name);
    out_.end_array().end_object();
    out_.begin_object().member("pattern", own_names).end_object();
    out_.end_array().end_object();
    rules();
    operation();
    out_.end_object();
  }

  // Families, then rules, in the order of `migguard rules`.
  void rules() {
    out_.key("rules").begin_object(block).member("type", "object");
    out_.member("additionalProperties", false).key("properties").begin_object(block);
    std::vector<std::string_view> families;
    for (const RegisteredRule& each : all_rules())
      if (families.empty() || families.back() != each.family) families.push_back(each.family);
    families.push_back(lint::own_family);
    for (const std::string_view family : families) {
      out_.key(family).begin_object().key("allOf").begin_array().begin_object();
      out_.member("$ref", "#/definitions/severity").end_object().end_array();
      out_.member("description", cat("Every rule of the family ", family,
                                     "; one that is off by default stays off."));
      out_.end_object();
    }
    for (const RegisteredRule& each : all_rules()) rule(each);
    out_.end_object();
    out_.key("patternProperties").begin_object().key(own_names).begin_object();
    out_.member("$ref", "#/definitions/severity").end_object().end_object();
    out_.end_object();
  }

  void rule(const RegisteredRule& rule) {
    out_.key(rule.name).begin_object().member("description", rule.rule->summary);
    out_.key("anyOf").begin_array();
    out_.begin_object().member("$ref", "#/definitions/severity").end_object();
    out_.begin_object().member("type", "array").member("minItems", 1).member("maxItems", 2);
    out_.key("items").begin_array();
    out_.begin_object().member("$ref", "#/definitions/severity").end_object();
    out_.begin_object().member("type", "object").member("additionalProperties", false);
    out_.key("properties").begin_object();
    for (const Option& each : rule.rule->options) {
      switch (each.kind) {
        case OptionKind::flag:
          flag(each.name, each.summary);
          break;
        case OptionKind::number:
          out_.key(each.name).begin_object().member("type", "integer");
          out_.member("description", each.summary).end_object();
          break;
        case OptionKind::pattern:
          text(each.name, each.summary);
          break;
        case OptionKind::texts:
          texts(each.name, each.summary);
          break;
      }
    }
    out_.end_object().end_object().end_array().end_object().end_array().end_object();
  }

  void properties() {
    out_.key("properties").begin_object(block);
    text("$schema", "Where this schema lies, for editors.");
    begin_list("migrations", "The folders of migrations; detected where the key is missing.",
               {"folder"});
    text("folder", "Relative to this file.");
    reference("tool", "tool");
    choice("dialect", {"postgresql", "sqlite", "mysql", "other"},
           "Only PostgreSQL's SQL is read; histories and journals of the others are.");
    end_list();
    reference("pgVersion", "pgVersion");
    choice("failOn", {"error", "warning", "note", "never"},
           "The least grave finding that makes the exit status 1.");
    choice("preset", {"recommended", "all"},
           "all: the rules that are off by default, too. A setting under rules wins.");
    reference("rules", "rules");
    texts("ignore", "Globs of what is not read at all.");
    begin_list("accept", "Findings somebody has answered for, where no comment can stand.",
               {"rule", "path"});
    reference("rule", "ruleName");
    text("path", "A glob.");
    text("subject", "The tag, version or key the finding speaks of, or a baseline's `sql1:...`.");
    text("reason", "Why.");
    end_list();
    out_.key("appliedThrough").begin_object();
    out_.member("description",
                "The newest migration that production has run: what it and those "
                "before it destroy or lock is history. One for each history.");
    out_.key("anyOf").begin_array().begin_object().member("type", "string").end_object();
    out_.begin_object().member("type", "array").key("items").begin_object();
    out_.member("type", "string").end_object().end_object().end_array().end_object();
    text("baseline", "The file of accepted findings; migguard-baseline.json by default.");
    texts("smallTables", "Globs of tables on which nothing takes long: plans, app.*.");
    text("stats", "A file of table sizes, to know which are small.");
    begin_list("overrides", "Other settings for some paths: the first item that matches decides.",
               {"paths"});
    texts("paths", "Globs.");
    reference("rules", "rules");
    reference("pgVersion", "pgVersion");
    reference("tool", "tool");
    end_list();
    jsonb();
    pattern_rules();
    out_.end_object();
  }

  void jsonb() {
    out_.key("jsonb").begin_object(block).member("type", "object");
    out_.member("description", "What counts as money in JSON columns: docs/jsonb.md.");
    out_.member("additionalProperties", false).key("properties").begin_object(block);
    texts("columns", "The columns judged, instead of those known by name.");
    texts("addColumns", "Columns judged as well.");
    texts("exemptColumns", "Columns never judged.");
    out_.key("packs").begin_object().member("type", "array").key("items").begin_object();
    out_.key("enum").begin_array().value("money").value("currency").value("business").end_array();
    out_.end_object().member("description", "Which words are looked for.").end_object();
    texts("deny", "Keys, globs and /patterns/ that are money.");
    texts("allow", "Keys, globs and /patterns/ that are not.");
    flag("reportReads", "Whether reading such a key is a finding.");
    choice("minConfidence", {"high", "medium", "low"}, "The least sure finding to report.");
    text("typedDefault", "The type that is proposed for amounts.");
    out_.key("matrix").begin_object().member("type", "object");
    out_.member("description", "Where a key of a column has its typed column.");
    out_.key("additionalProperties").begin_object().member("type", "object");
    out_.key("additionalProperties").begin_object().member("type", "string");
    out_.end_object().end_object().end_object();
    out_.end_object().end_object();
  }

  void pattern_rules() {
    begin_list("patternRules", "Rules of your own: docs/own-rules.md.",
               {"name", "match", "message"});
    text("name",
         "Lower case letters, digits and dashes; with team- or own- before it, editors know "
         "it under rules, too.");
    choice("severity", {"note", "warning", "error"}, "How grave it is; error by default.");
    out_.key("match").begin_object();
    out_.member("description", "Which operations: their kind, and fields that must fit.");
    out_.key("anyOf").begin_array();
    out_.begin_object().member("$ref", "#/definitions/operation").end_object();
    out_.begin_object().member("type", "array").key("items").begin_object();
    out_.member("$ref", "#/definitions/operation").end_object().end_object();
    out_.end_array().end_object();
    flag("ignoreNewTables", "Not on tables that the same migration made.");
    text("message", "What happens; {table} is what the operation holds there.");
    text("why", "Why that is bad.");
    text("help", "What to do instead.");
    texts("bad", "SQL that yields the rule: migguard rules --test runs it.");
    texts("good", "SQL that does not.");
    end_list();
  }

  // An item of `match`.
  void operation() {
    out_.key("operation").begin_object().member("type", "object").key("required").begin_array();
    out_.value("kind").end_array().key("properties").begin_object().key("kind").begin_object();
    out_.key("anyOf").begin_array();
    out_.begin_object().member("$ref", "#/definitions/kind").end_object();
    out_.begin_object().member("type", "array").key("items").begin_object();
    out_.member("$ref", "#/definitions/kind").end_object().end_object();
    out_.end_array().end_object().end_object().end_object();
    choice("kind", lint::operation_kinds(), "An operation, as migguard dump names it.");
  }

  // Names of rules that are not ours; others are taken for misspelt.
  static constexpr std::string_view own_names = "^(team|own)-";

  JsonWriter out_;
};

}  // namespace

std::string config_schema() { return Schema().write(); }

}  // namespace migguard::cli
