#include <jsonb/settings.hpp>
#include <lint/example.hpp>
#include <lint/rule_options.hpp>
#include <util/file_system.hpp>
#include <util/json.hpp>

#include <algorithm>
#include <string>

namespace migguard::lint {

Result<Report> lint_example(std::string_view rule, const Example& example, Settings settings) {
  Memory files;
  for (const ExampleFile& file : example.files) files.add(file.path, std::string(file.text));
  if (!example.before.empty()) files.add("migrations/0001_before.sql", std::string(example.before));
  if (!example.sql.empty()) files.add(example_path, std::string(example.sql));
  RuleSetting& setting = settings.rules[std::string(rule)];
  if (!example.options.empty()) {
    const auto parsed = json::parse(example.options);
    const auto* object = std::get_if<json::Value>(&parsed);
    if (!object || !object->is_object())
      return Error{cat("the options of an example are no object: ", example.options)};
    if (const auto mistake = read_options(rule, *object, setting.options))
      return Error{mistake->message};
  }
  if (!example.jsonb.empty()) {
    const auto parsed = json::parse(example.jsonb);
    const auto* object = std::get_if<json::Value>(&parsed);
    if (!object) return Error{cat("`jsonb` of an example cannot be read: ", example.jsonb)};
    if (const auto mistake = jsonb::read_settings(*object, settings.jsonb))
      return Error{mistake->message};
  }
  settings.pg_version = example.pg_version;
  settings.assume_in_transaction = example.in_transaction;
  settings.now = example_now;
  Memory base;
  for (const ExampleFile& file : example.base) base.add(file.path, std::string(file.text));
  if (!example.base.empty()) settings.base = &base;
  return lint(settings, files);
}

std::size_t findings_of(std::string_view rule, const Example& example, const Report& report) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& each) {
        return each.rule == rule && (example.sql.empty() || each.source->path == example_path);
      }));
}

}  // namespace migguard::lint
