// `migguard jsonb guard`: the constraint or trigger that keeps money out of a JSON column.
#include <cli/jsonb.hpp>
#include <cli/jsonb_place.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::cli {
namespace {

using jsonb::EarlierGuard;
using jsonb::Phase;

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The guards of the column that migrations here made and kept.
std::vector<EarlierGuard> guards_there(const JsonPlace& place) {
  std::vector<EarlierGuard> found;
  constexpr unsigned most = 99;
  for (unsigned revision = 1; revision <= most; ++revision) {
    EarlierGuard guard{revision,
                       holds(place.constraints, guard_constraint_name(place.column, revision)),
                       holds(place.triggers, guard_trigger_name(place.column, revision)),
                       holds(place.functions, guard_function_name(place.column, revision)), true};
    if (guard.constraint || guard.trigger || guard.function) found.push_back(guard);
  }
  return found;
}

// What the new revision takes the place of. Errors: its name is taken.
Result<std::vector<EarlierGuard>> replaced(const JsonPlace& place, unsigned revision) {
  std::vector<EarlierGuard> earlier = guards_there(place);
  if (!place.table_known) {
    if (revision > 1) earlier.push_back({.revision = revision - 1});
    return earlier;
  }
  for (const EarlierGuard& each : earlier) {
    if (each.revision < revision) continue;
    return Error{cat("revision ", each.revision, " of this guard is there already: `--revision ",
                     earlier.back().revision + 1, "` replaces it"),
                 place.folder};
  }
  return earlier;
}

}  // namespace

Result<Answer> jsonb_guard(const Options& options, const Environment& environment) {
  const std::string& only = options.phase;
  if (!only.empty() && only != "guard" && only != "validate")
    return Error{
        cat("`migguard jsonb guard` knows no phase `", only, "`; choose from `guard`, `validate`")};
  auto place = find_json_place(options, environment);
  if (!place) return place.error();
  jsonb::GuardForm form = jsonb::GuardForm::flat;
  if (options.form == "nested") form = jsonb::GuardForm::nested;
  if (options.form == "trigger") form = jsonb::GuardForm::trigger;
  if (form == jsonb::GuardForm::trigger && only == "validate")
    return Error{"a trigger has nothing to validate: it looks at what is written"};
  std::vector<jsonb::KeyPath> keys;
  for (const std::string& each : options.keys) {
    auto key = object_key(each, options.column,
                          "name the key alone, which `--form nested` refuses at any depth");
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) keys = jsonb::usual_money_keys();
  std::vector<EarlierGuard> earlier;
  if (only != "validate") {
    auto found = replaced(*place, options.revision);
    if (!found) return found.error();
    earlier = *std::move(found);
  } else if (place->table_known) {
    const std::string name = guard_constraint_name(place->column, options.revision);
    if (!holds(place->constraints, name))
      return Error{cat("no migration here makes the constraint ", name,
                       ": the guard itself comes first, in a release of its own"),
                   place->folder};
    if (holds(place->validated, name))
      return Error{cat("the constraint ", name, " is validated already"), place->folder};
  }
  std::vector<Phase> phases =
      jsonb::guard_sql(place->column, keys, form, options.revision, earlier);
  const bool has_validate = phases.size() > 1;
  // Written are the phases of one release: the second reads every row, and fails where one holds a
  // key.
  const std::string chosen = only.empty() && options.write ? "guard" : only;
  std::erase_if(phases, [&](const Phase& each) { return !chosen.empty() && each.name != chosen; });

  NewMigrations files(place->history, place->tool, place->folder, environment.files,
                      environment.now);
  const std::string name = cat(snake(place->column.table), "_", snake(place->column.column));
  const std::string version = options.revision == 1 ? "" : cat("_v", options.revision);
  std::string shown;
  for (const Phase& each : phases) {
    const MigrationText text = migration_text(*place, cat(each.name, "_", name, version), each);
    if (auto error = files.add(text, {})) return *error;
    Phase printed = each;
    printed.statements = text.forward;
    shown += cat(shown.empty() ? "" : "\n", jsonb::to_script(printed));
  }
  std::vector<std::string> notices;
  if (only != "validate" && has_validate)
    notices.emplace_back(
        "a row that holds such a key already cannot be updated at all from then on, as PostgreSQL "
        "checks a NOT VALID constraint at every UPDATE: move the keys out first (`migguard jsonb "
        "move`), or take `--form trigger`");
  if (only != "validate" && options.keys.empty()) {
    std::string refused;
    for (const jsonb::KeyPath& each : keys)
      refused += cat(refused.empty() ? "" : ", ", each.front());
    notices.push_back(cat("refuses exactly these keys, ",
                          form == jsonb::GuardForm::flat ? "in the document itself, not inside it: "
                                                         : "at any depth: ",
                          refused, "; other spellings pass (`--key` names more)"));
  }
  if (options.write && chosen == "guard" && has_validate)
    notices.emplace_back(
        "once no row holds such a key (`migguard jsonb scan --full` tells), in a later release: "
        "the same with `--phase validate --write`");
  return answer_with(files, *place, phases, shown, options, environment, std::move(notices));
}

}  // namespace migguard::cli
