// The text of rules is ours: it is set as Markdown, and only what would be taken for markup by
// mistake is escaped.
#include <report/markdown_text.hpp>
#include <report/rule_locks.hpp>
#include <report/rule_page.hpp>
#include <report/style.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <array>
#include <span>
#include <string_view>

namespace migguard::report {
namespace {

constexpr std::size_t page_width = 100;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One line of prose, what stands between backticks left as it is.
std::string prose(std::string_view text) {
  std::string out;
  bool code = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char each = text[at];
    const bool within_name = each == '_' && at > 0 && is_word(text[at - 1]) &&
                             at + 1 < text.size() && is_word(text[at + 1]);
    code ^= each == '`';
    if (!code && each == '<') {
      out += "&lt;";
    } else {
      if (!code && (each == '*' || each == '|' || (each == '_' && !within_name))) out += '\\';
      out += each == '\n' ? ' ' : each;
    }
  }
  return out;
}

std::string block(std::string_view code, std::string_view language) {
  const std::size_t first = code.find_first_not_of('\n');
  return first == std::string_view::npos ? "" : markdown_block(code.substr(first), language);
}

std::string help(std::string_view text) {
  std::string out;
  for (const HelpPart& part : help_parts(text)) {
    out += part.code ? cat("\n", block(part.text, language_of(trim(part.text))))
                     : cat("\n", paragraph("", 0, prose(part.text), 0, page_width, Painter(false)));
  }
  return out;
}

std::string_view language_of_file(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> languages{
      {{".sql", "sql"},
       {".json", "json"},
       {".yml", "yaml"},
       {".yaml", "yaml"},
       {".ts", "ts"},
       {".toml", "toml"},
       {".prisma", "prisma"},
       {".sh", "sh"},
       {".js", "js"}}};
  for (const auto& [ending, language] : languages)
    if (path.ends_with(ending)) return language;
  return "";
}

std::string example(const Example& each) {
  std::string out, remark;
  const auto add = [&](std::string_view text) { remark += cat(remark.empty() ? "" : ", ", text); };
  if (each.pg_version != Example{}.pg_version) add(cat("on PostgreSQL ", each.pg_version));
  if (each.in_transaction) add("inside a transaction");
  if (!each.options.empty()) add(cat("with the options `", each.options, "`"));
  if (!each.jsonb.empty()) add(cat("with the configuration `\"jsonb\": ", each.jsonb, "`"));
  if (!remark.empty()) out += cat("\n", remark, ":\n");
  for (const ExampleFile& file : each.files)
    out += cat("\n`", file.path, "`\n\n", block(file.text, language_of_file(file.path)));
  if (!each.before.empty()) out += cat("\nin an earlier migration:\n\n", block(each.before, "sql"));
  if (!each.before.empty() && !each.sql.empty()) out += "\nthen:\n";
  if (!each.sql.empty()) out += cat("\n", block(each.sql, "sql"));
  return out;
}

std::string examples(std::string_view title, std::span<const Example> all) {
  if (all.empty()) return {};
  std::string out = cat("\n## ", title, "\n");
  // Plain SQL, one example after another, is easier to read in one piece.
  std::string plain_sql;
  const auto end_piece = [&] {
    if (!plain_sql.empty()) out += cat("\n", block(plain_sql, "sql"));
    plain_sql.clear();
  };
  bool first = true;
  for (const Example& each : all) {
    const bool plain_one = each.before.empty() && each.files.empty() && !each.in_transaction &&
                           each.options.empty() && each.jsonb.empty() &&
                           each.pg_version == Example{}.pg_version;
    if (plain_one) {
      plain_sql += cat(plain_sql.empty() ? "" : "\n", trim(each.sql), "\n");
    } else {
      end_piece();
      // A rule between what belongs to one project and what belongs to the next.
      if (!first) out += "\n---\n";
      out += example(each);
    }
    first = false;
  }
  end_piece();
  return out;
}

std::string locks(const RegisteredRule& rule) {
  const auto known = rule_locks(rule);
  if (!known) return {};
  std::string out = cat("\n## Locks\n\n", block(known->sql, "sql"));
  for (const VersionLocks& each : known->versions) {
    out += cat("\n", versions_text(each), ":\n\n");
    if (!each.rows.empty()) {
      out += "| relation | lock | who waits | work |\n| --- | --- | --- | --- |\n";
    }
    for (const LockRow& row : each.rows) {
      std::string work = row.work;
      if (!row.why.empty()) work += cat(work.empty() ? "" : ": ", row.why);
      out += cat("| `", row.relation, "` | ", row.mode, " | ", row.who, " | ", prose(work), " |\n");
    }
    for (const std::string& remark : each.remarks) out += cat("\nIt ", prose(remark), ".\n");
    if (each.rows.empty() && each.remarks.empty()) out += "nothing that anyone waits for\n";
  }
  return out;
}

}  // namespace

std::string rules_table(std::span<const RegisteredRule> rules, bool links) {
  std::string out =
      "| rule | family | severity | default | what it finds |\n| --- | --- | --- | --- | --- |\n";
  for (const RegisteredRule& each : rules) {
    const std::string name = cat("`", each.name, "`");
    out += cat("| ", links ? cat("[", name, "](", each.name, ".md)") : name, " | ", each.family,
               " | ", to_string(each.rule->severity), " | ",
               each.rule->off_by_default ? "off" : "on", " | ", prose(each.rule->summary), " |\n");
  }
  return out;
}

std::string rules_index() {
  return cat("<!-- Written by `migguard rules --format pages=docs/rules`. -->\n# Rules\n\n",
             "`migguard explain RULE` shows the same in a terminal. Rules that are off by default ",
             "are turned on by name\n(`\"rules\": {\"create-enum\": \"warning\"}`) or all at once ",
             "(`--preset all`).\n\n", rules_table(all_rules(), true));
}

std::string rule_page(const RegisteredRule& rule) {
  const Rule& about = *rule.rule;
  std::string out =
      cat("<!-- Written by `migguard rules --format pages=docs/rules`. -->\n# `", rule.name,
          "`\n\n", prose(about.summary), "\n\n", "*", to_string(about.severity), ", family ",
          rule.family, about.off_by_default ? ", off by default" : "", "*\n");
  const Painter plain_text(false);
  if (!about.why.empty())
    out += cat("\n## Why\n\n", paragraph("", 0, prose(about.why), 0, page_width, plain_text));
  if (!about.instead.empty()) out += cat("\n## Instead\n", help(about.instead));
  out += locks(rule);
  out += examples("Found in", about.bad);
  out += examples("Not found in", about.good);
  if (!about.options.empty()) {
    out += "\n## Options\n\n| option | what it does |\n| --- | --- |\n";
    for (const Option& each : about.options)
      out += cat("| `", each.name, "` | ", prose(each.summary), " |\n");
  }
  out += cat("\n## To ignore it\n\nOnce, on the line above the statement, with the reason:\n\n",
             markdown_block(cat("-- migguard: ignore ", rule.name, ": REASON"), "sql"),
             "\nEverywhere, in `migguard.json`:\n\n",
             markdown_block(cat("{\"rules\": {\"", rule.name, "\": \"off\"}}"), "json"));
  if (!about.formerly.empty()) {
    out += "\nFormerly:";
    for (const std::string_view each : about.formerly) out += cat(" `", each, "`");
    out += '\n';
  }
  return out;
}

}  // namespace migguard::report
