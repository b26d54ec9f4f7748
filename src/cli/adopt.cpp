// `migguard adopt`: from one migration tool to another, with a baseline of the history's schema.
#include <adopt/adoption.hpp>
#include <adopt/pulled.hpp>
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <project/load.hpp>
#include <repair/write.hpp>
#include <report/place.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <utility>

namespace migguard::cli {
namespace {

// What goes over can only be a history of migrations in SQL for PostgreSQL.
bool may_go(const History& history) {
  return history.dialect == Dialect::postgresql && !history.docker_init &&
         std::any_of(history.migrations.begin(), history.migrations.end(),
                     [](const Migration& each) { return each.listed; });
}

Result<const History*> the_history(const Project& project, Tool to) {
  std::vector<const History*> found, loose;
  const History* already = nullptr;
  for (const History& each : project.histories) {
    if (lineage(each.tool) == to)
      already = &each;
    else if (may_go(each))
      (each.loose ? loose : found).push_back(&each);
  }
  // Files that nothing but their folder ties together count where there is nothing else.
  if (found.empty()) found = loose;
  const std::string name(display_name(to));
  if (already)
    return Error{cat("is ", name, "'s already: a baseline stands at the beginning of a history"),
                 already->folder};
  if (found.empty()) return Error{"no migrations in SQL for PostgreSQL were found", project.root};
  if (found.size() > 1) {
    std::vector<std::string> folders;
    for (const History* each : found) folders.push_back(each->folder);
    return Error{cat("several histories were found (", joined(folders, 8),
                     "): name the one that goes over to ", name)};
  }
  return found.front();
}

// The folder of migrations that the tool would take by itself, in the history's package.
std::string usual_folder(const Project& project, const History& history, Tool to) {
  if (to == Tool::prisma) return join_path(history.package, "prisma/migrations");
  std::vector<const DrizzleConfig*> configs;
  for (const DrizzleConfig& each : project.drizzle_configs)
    if (each.dialect == "postgresql" && !each.out_folder.empty() && !each.out_exists)
      configs.push_back(&each);
  return configs.size() == 1 ? configs.front()->out_folder : join_path(history.package, "drizzle");
}

// ---- What is printed

std::string place(const adopt::Remark& remark) {
  if (!remark.source) return {};
  return report::to_string(report::place_of(remark.source, remark.span));
}

// The first places, a line each.
std::string places_text(const std::vector<adopt::Remark>& remarks) {
  std::string out;
  constexpr std::size_t most = 12;
  for (std::size_t at = 0; at < remarks.size() && at < most; ++at)
    out += cat("       ", place(remarks[at]), remarks[at].text.empty() ? "" : "  ",
               remarks[at].text, "\n");
  if (remarks.size() > most) out += cat("       and ", remarks.size() - most, " more\n");
  return out;
}

std::string commands_text(const Project& project, Tool tool) {
  std::string out;
  for (const RunnerCommand& each : project.commands) {
    if (lineage(each.tool) != lineage(tool)) continue;
    out += cat("       ", report::to_string(report::place_of(each.source, each.span)), "  ",
               each.place, ": ", each.text, "\n");
  }
  return out;
}

std::string contents(const schema::Catalog& schema) {
  std::size_t tables = 0, views = 0, indexes = 0, foreign_keys = 0, enums = 0;
  for (const Relation* each : schema.relations()) {
    if (schema.is_temporary(*each)) continue;
    tables += each->kind == RelationKind::table || each->kind == RelationKind::partitioned_table;
    views += each->kind == RelationKind::view || each->kind == RelationKind::materialized_view;
    for (const Index& one : each->indexes) indexes += one.constraint.empty();
    for (const Constraint& one : each->constraints)
      foreign_keys += one.kind == ConstraintKind::foreign_key;
  }
  for (const Type* each : schema.types()) enums += each->kind == TypeKind::enum_;
  std::string out = report::count(tables, "table");
  const auto add = [&](std::size_t number, std::string_view one, std::string_view many) {
    if (number > 0) out += cat(", ", number, ' ', number == 1 ? one : many);
  };
  add(indexes, "index", "indexes");
  add(foreign_keys, "foreign key", "foreign keys");
  add(enums, "enum", "enums");
  add(views, "view", "views");
  add(schema.functions().size(), "function", "functions");
  return out;
}

// The tasks that no file can do, numbered.
class Checklist {
 public:
  void add(std::string_view task, std::string_view details = {}) {
    text_ += cat("  ", number_ < 10 ? " " : "", number_, ". ", task, "\n", details);
    ++number_;
  }
  std::string take() { return std::move(text_); }

 private:
  unsigned number_ = 1;
  std::string text_;
};

// What drizzle-kit pull gets wrong, object by object.
std::string losses_text(const schema::Catalog& schema) {
  const report::Painter plain(false);
  std::string out;
  for (const adopt::PullLoss& each : adopt::pull_losses(schema)) {
    out += report::paragraph("       - ", 9, cat(each.what, ":"), 9, 96, plain);
    std::string objects;
    for (const std::string& one : each.objects) objects += cat(objects.empty() ? "" : ", ", one);
    out += report::paragraph("           ", 11, printable(objects), 11, 96, plain);
  }
  return out;
}

std::string checklist(const Project& project, const History& history,
                      const adopt::Baseline& baseline, const adopt::Adoption& adoption, Tool to,
                      const std::string& folder) {
  Checklist list;
  std::string commands;
  for (const std::string& each : adoption.existing) commands += cat("       ", each, "\n");
  list.add("Each database that is there, once, before the first deploy with the new tool:",
           commands);
  if (to == Tool::drizzle) {
    const bool configured =
        std::any_of(project.drizzle_configs.begin(), project.drizzle_configs.end(),
                    [](const DrizzleConfig& each) { return each.dialect == "postgresql"; });
    if (!configured) {
      list.add(cat("Drizzle itself, and a drizzle.config.ts with dialect \"postgresql\", schema, "
                   "and out \"./",
                   folder, "\":"),
               "       npm install drizzle-orm@0 pg && npm install --save-dev drizzle-kit@0\n");
    }
    list.add(
        "The tables in TypeScript, in the file that `schema` names: written by hand, or from a "
        "database\n     that the baseline made. Then this must say that nothing changed:",
        "       npx drizzle-kit pull --out=pulled     # take pulled/schema.ts, delete the rest\n"
        "       sed -i -E 's/\\.op\\(\"[a-z0-9]+_ops\"\\)//g' schema.ts   # it guesses operator "
        "classes\n"
        "       npx drizzle-kit generate\n");
    if (const std::string losses = losses_text(*baseline.schema_of_script); !losses.empty())
      list.add(
          "Where pull writes that file, these come out in another way than they went in "
          "(drizzle-kit 0.31);\n     put them right by hand:",
          losses);
  } else {
    list.add("The models in prisma/schema.prisma, from a database that has the schema:",
             "       npx prisma db pull\n");
  }
  if (!adoption.left_out.empty()) {
    std::string lines;
    for (const std::string& each : adoption.left_out) lines += cat("       ", each, "\n");
    list.add(
        "What Drizzle keeps no account of: it stays in the baseline, and later changes of it "
        "are\n     written by hand (drizzle-kit generate --custom):",
        lines);
  }
  if (const std::string calls = commands_text(project, history.tool); !calls.empty())
    list.add(cat("What still calls ", display_name(history.tool), ":"), calls);
  if (!baseline.rows.empty()) {
    list.add(
        "Rows that the migrations put in: a baseline carries none. Seed them elsewhere where "
        "a new\n     database needs them:",
        places_text(baseline.rows));
  }
  if (!baseline.blocks.empty()) {
    list.add(
        "DO blocks that may ask the database what to do: each is taken to have run whole, which "
        "the\n     check for databases that are there will tell:",
        places_text(baseline.blocks));
  }
  for (const adopt::Remark& each : baseline.notes) list.add(cat(place(each), " ", each.text));
  list.add(cat("When every database is told: delete ", history.folder, ", and ",
               display_name(history.tool), " from the dependencies."));
  return list.take();
}

// ---- Writing

// Where a configuration that is there already has Drizzle note what it applies.
RecordTable drizzle_record(const Project& project, const History& history,
                           const std::string& folder) {
  RecordTable table = usual_record_table(Tool::drizzle);
  for (const DrizzleConfig& each : project.drizzle_configs) {
    if (each.out_folder != folder && each.package != history.package) continue;
    if (!each.record.schema.empty()) table.schema = each.record.schema;
    if (!each.record.name.empty()) table.name = each.record.name;
    break;
  }
  return table;
}

Answer refused(const History& history, const adopt::Baseline& baseline) {
  Answer answer{.status = exit_failure};
  constexpr std::size_t most = 20;
  for (std::size_t at = 0; at < baseline.refused.size() && at < most; ++at) {
    const adopt::Remark& each = baseline.refused[at];
    const std::string where = place(each);
    answer.notices.push_back(where.empty() ? each.text : cat(where, ": ", each.text));
  }
  if (baseline.refused.size() > most)
    answer.notices.push_back(cat("and ", baseline.refused.size() - most, " more"));
  answer.notices.push_back(cat("there is no baseline for ", history.folder,
                               ": what its migrations make is not known for sure"));
  return answer;
}

Result<Answer> run_adopt(const Options& options, const Environment& environment) {
  if (options.to.empty()) return Error{"`migguard adopt` needs `--to drizzle` or `--to prisma`"};
  const Tool to = options.to == "drizzle" ? Tool::drizzle : Tool::prisma;
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  if (run->standard_input) return Error{"`migguard adopt` needs a project, not standard input"};
  const auto loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  project::parse(project, options.jobs);
  lint::number_migrations(project);
  const auto chosen = the_history(project, to);
  if (!chosen) return chosen.error();
  const History& history = **chosen;

  const adopt::Baseline baseline = adopt::make_baseline(history);
  if (!baseline.refused.empty()) return refused(history, baseline);
  const std::string folder =
      normalize_path(options.out.empty() ? usual_folder(project, history, to) : options.out);
  const std::string marks = cat(folder, "-existing-databases.sql");
  const adopt::Adoption adoption =
      to == Tool::drizzle ? adopt::to_drizzle(baseline, history, folder, marks,
                                              adopt::baseline_time(history, environment.now),
                                              drizzle_record(project, history, folder))
                          : adopt::to_prisma(baseline, history, folder, marks);

  const std::vector<repair::FileChange>& files = adoption.files;
  for (const repair::FileChange& each : files)
    if (environment.files.exists(each.path))
      return Error{"is there already, and is never overwritten", each.path};
  const bool write = options.write || !options.out.empty();
  if (write)
    if (auto error = repair::write_changes(files, {history.folder}, environment.files))
      return *std::move(error);

  std::string out =
      cat(history.folder, ": ", display_name(history.tool), ", ",
          report::count(history.migrations.size(), "migration"), " as one for ", display_name(to),
          " (", contents(*baseline.schema), ")\n\n",
          write ? "Written:\n" : "With --write, these files (so far nothing is written):\n");
  for (const repair::FileChange& each : files) out += cat("  ", each.path, "\n");
  out += cat("\nThen:\n", checklist(project, history, baseline, adoption, to, folder));
  Answer answer;
  answer.notices = run->notices;
  answer.documents.push_back({std::move(out)});
  return answer;
}

}  // namespace

const Command adopt_command{
    .name = "adopt",
    .arguments = "[PATH]",
    .max_arguments = 1,
    .summary = "go over to another migration tool, with a baseline",
    .description =
        "Makes one migration for another tool out of a history: the schema that it leaves behind, "
        "in an order in which it runs, with the files that the tool keeps beside it, a check for "
        "databases that are there already, and a list of what is left to do. No database is asked "
        "or changed, and no file overwritten.",
    .examples = R"(
migguard adopt --to drizzle                   what would be written, from the history found here
migguard adopt --to drizzle --write           write it
migguard adopt --to drizzle --out /tmp/look   write it elsewhere
migguard adopt --to prisma db/migrations
)",
    .flags = flags_project | flags_adopt,
    .run = run_adopt,
};

}  // namespace migguard::cli
