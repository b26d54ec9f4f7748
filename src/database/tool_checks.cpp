#include <database/tool_checks.hpp>
#include <migguard/history.hpp>

#include <map>

namespace migguard::database {
namespace {

using lint::VerifyFinding;

VerifyFinding stop(const SourceFile* source, Span span, std::string message, std::string why,
                   std::string help) {
  return {.source = source,
          .span = span,
          .message = std::move(message),
          .why = std::move(why),
          .help = std::move(help)};
}

std::string lint_command(const History& history) {
  return cat("see what `migguard lint` says of it:\nmigguard lint ", shell_word(history.folder));
}

std::optional<VerifyFinding> drizzle_stops(const History& history) {
  if (has_root_cause(history)) {
    const DrizzleJournal* journal = history.drizzle ? &*history.drizzle : nullptr;
    const std::string why = "it learns from its journal what to run, and so runs nothing";
    if (journal && journal->invalid) {
      return stop(journal->source, journal->invalid->span,
                  cat("Drizzle cannot read its journal: ", journal->invalid->message), why,
                  lint_command(history));
    }
    const SourceFile* source = journal ? journal->v1_migration : history.marker;
    return stop(source, {},
                journal ? "Drizzle refuses two layouts in one folder"
                        : cat("Drizzle finds no journal in ", history.folder),
                why, lint_command(history));
  }
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return std::nullopt;
  for (const DrizzleEntry& each : journal->entries) {
    if (each.sql || each.ignored_by_git) continue;
    const std::string file = cat(each.tag, ".sql");
    return stop(journal->source, each.tag_span,
                cat("Drizzle stops before its first statement: there is no ", file),
                "it reads every file of the journal before it runs any",
                cat("bring the file back:\ngit log --diff-filter=D -- ",
                    shell_word(in_folder(history.folder, file))));
  }
  return std::nullopt;
}

std::optional<VerifyFinding> prisma_stops(const History& history) {
  if (!history.prisma || !history.prisma->lock) return std::nullopt;
  const PrismaFolder& prisma = *history.prisma;
  const std::string wanted =
      prisma.schema_provider.value_or("postgresql") == "cockroachdb" ? "cockroachdb" : "postgresql";
  const auto& provider = prisma.lock_provider;
  if (provider == wanted || (provider == "postgres" && wanted == "postgresql")) return std::nullopt;
  return stop(prisma.lock, prisma.lock_provider_span,
              provider ? cat("Prisma stops before its first statement (P3019): the lock file names "
                             "the provider ",
                             *provider)
                       : "Prisma stops before its first statement (P3019): it finds no provider in "
                         "the lock file",
              "it runs migrations of the provider in its lock file alone, and does not read that "
              "file as TOML",
              cat("write the line as Prisma does:\nprovider = \"", wanted, "\""));
}

std::optional<VerifyFinding> atlas_stops(const History& history) {
  if (!history.atlas) return std::nullopt;
  if (history.atlas->source && history.atlas->difference == AtlasSum::Difference::none)
    return std::nullopt;
  const AtlasSum& sum = *history.atlas;
  const SourceFile* source = sum.file ? sum.file : sum.source ? sum.source : sum.named_by;
  const Span span = sum.file ? Span() : sum.source ? sum.span : sum.named_span;
  return stop(source, span,
              sum.source
                  ? "Atlas stops before its first statement: atlas.sum does not fit the files"
                  : "Atlas stops before its first statement: there is no atlas.sum",
              "it runs a folder only as it was when its sum was written",
              cat("once the files are as they should be:\natlas migrate hash --dir file://",
                  shell_word(history.folder)));
}

std::optional<VerifyFinding> numbers_stop(const History& history) {
  const Tool tool = history.tool;
  if (tool != Tool::flyway && tool != Tool::goose && tool != Tool::golang_migrate)
    return std::nullopt;
  std::map<std::string, const Migration*> first;
  for (const Migration& each : history.migrations) {
    if (!each.listed || !each.source || each.number.empty()) continue;
    const auto [found, added] = first.emplace(number_key(tool, each.number), &each);
    if (added) continue;
    return stop(each.source, {},
                cat(display_name(tool), " stops before its first statement: ", found->second->id,
                    " and ", each.id, " have one version"),
                "it cannot tell which of them comes first", "give one of them another version");
  }
  return std::nullopt;
}

}  // namespace

std::optional<VerifyFinding> stops_the_tool(const History& history) {
  switch (history.tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return drizzle_stops(history);
    case Tool::prisma:
      return prisma_stops(history);
    case Tool::atlas:
      return atlas_stops(history);
    default:
      return numbers_stop(history);
  }
}

}  // namespace migguard::database
