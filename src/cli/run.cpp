// The program around its commands: reads the command line, writes the answer, decides the exit
// status.
#include <cli/command.hpp>
#include <cli/hand_over.hpp>
#include <cli/terminal.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>

namespace migguard::cli {
namespace {

// The passwords of URLs out of a text: one may stand where a path was expected.
std::string without_passwords(std::string_view text) {
  constexpr std::string_view mark = ":/";  // of a path one slash is left
  std::string out;
  for (std::size_t at; (at = text.find(mark)) != std::string_view::npos;) {
    const std::size_t begin = std::min(text.find_first_not_of('/', at + 1), text.size());
    // Up to the last @ before a space: a password may hold any other character.
    const std::size_t end = std::min(text.find_first_of(" `\n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t host = word.rfind('@');
    const std::size_t colon = word.find(':');
    const bool secret = host != std::string_view::npos && colon < host;
    out += text.substr(0, begin);
    out += secret ? cat(word.substr(0, colon), ":****", word.substr(host)) : std::string(word);
    text.remove_prefix(end);
  }
  return out + std::string(text);
}

void complain(std::string_view text) {
  const std::string line = cat("migguard: ", printable(without_passwords(text)), "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

// The last words of a process that cannot go on, from any thread and without memory.
[[noreturn]] void give_up(std::string_view words) {
  std::fwrite(words.data(), 1, words.size(), stderr);
  std::_Exit(exit_failure);
}

void give_up_without_memory() { give_up("migguard: there is not enough memory\n"); }

void give_up_on_exception() {
  try {
    if (const auto exception = std::current_exception()) std::rethrow_exception(exception);
  } catch (const std::exception& each) {
    std::fputs("migguard: it cannot go on: ", stderr);
    std::fputs(each.what(), stderr);
  } catch (...) {
    std::fputs("migguard: it cannot go on", stderr);
  }
  give_up("\n");
}

// The parser has no memory left to report that it has none.
extern "C" void give_up_on_abort(int) { give_up("migguard: it cannot go on\n"); }

// Whatever happens, the exit status says that nothing was judged. migguard itself leaves by
// std::_Exit: who calls std::exit, is a library that has given up (PostgreSQL's parser, with status
// 1, which would mean findings).
void fail_rather_than_crash() {
  std::set_new_handler(&give_up_without_memory);
  std::set_terminate(&give_up_on_exception);
  std::atexit(&give_up_without_memory);
  std::signal(SIGABRT, &give_up_on_abort);
}

int fail(const Error& error) {
  std::string place = error.path;
  if (!place.empty() && error.line > 0) place += cat(":", error.line);
  if (!place.empty() && error.column > 0) place += cat(":", error.column);
  complain(place.empty() ? error.message : cat(place, ": ", error.message));
  return exit_failure;
}

int write(const std::vector<Document>& documents) {
  // Files first: a reader that closes the pipe must not cost anybody a file.
  for (const Document& each : documents) {
    if (each.file.empty()) continue;
    if (const auto error = write_file(each.file, each.text)) return fail(*error);
  }
  for (const Document& each : documents) {
    if (!each.file.empty()) continue;
    std::optional<Error> failed;
    const auto write_more = [&](std::string_view text) {
      if (!failed) failed = write_standard_output(text);
    };
    write_more(each.make ? each.make(write_more) : each.text);
    if (failed) return fail(*failed);
  }
  return exit_clean;
}

std::int64_t milliseconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool needs_database(const Options& options) {
  return !options.database_url.empty() ||
         (options.command->needs_database && options.command->needs_database(options));
}

Result<Answer> execute(const Options& options, const DatabaseAccess* database) {
  const Disk disk;
  const Environment environment{.files = disk,
                                .read_standard_input = &read_standard_input_text,
                                .write_standard_output = &write_piece,
                                .color = wants_color(options.color),
                                .width = text_width(),
                                .now = milliseconds_since_1970(),
                                .database = database};
  std::optional<ProgressLine> progress;
  if (!options.command->shows_progress) {
    progress.emplace(needs_database(options)
                         ? "migguard: reading migrations and asking the database ..."
                         : "migguard: reading and replaying migrations ...");
  }
  return options.command->run(options, environment);
}

}  // namespace

int run(int argc, const char* const* argv, Answer& answer, const DatabaseAccess* database) {
  fail_rather_than_crash();
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);
#endif
  const auto read = read_options(argc, argv);
  if (const auto* ending = std::get_if<Ending>(&read)) {
    if (ending->status == exit_clean) return write({{ending->text}});
    const std::string text = without_passwords(ending->text);
    std::fwrite(text.data(), 1, text.size(), stderr);
    return ending->status;
  }
  const Options& options = std::get<Options>(read);
  // Comes back only where it cannot be done.
  if (!database && needs_database(options)) return fail(hand_over(argc, argv));
  auto given = execute(options, database);
  if (!given) return fail(given.error());
  answer = *std::move(given);
  for (const std::string& each : answer.notices) complain(each);
  const int written = write(answer.documents);
  return written == exit_clean ? answer.status : written;
}

}  // namespace migguard::cli
