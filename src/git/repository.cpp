#include <git/process.hpp>
#include <git/repository.hpp>
#include <git/stored_files.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::git {
namespace {

std::string first_line(std::string_view text) {
  return std::string(trim(text.substr(0, text.find('\n'))));
}

Result<Output> ask(const Repository& repository, const std::vector<std::string>& arguments,
                   const std::string& input = {}) {
  std::vector<std::string> command{
      repository.program,         "-C", repository.start,       "--no-pager",
      "--literal-pathspecs",      "-c", "core.fsmonitor=false", "-c",
      "core.hooksPath=/dev/null", "-c", "protocol.allow=never"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  // Git's messages are read below; a partial clone must not fetch what it lacks.
  std::vector<std::string> environment{"LC_ALL=C",
                                       "GIT_OPTIONAL_LOCKS=0",
                                       "GIT_TERMINAL_PROMPT=0",
                                       "GIT_ALLOW_PROTOCOL=",
                                       "GIT_NO_LAZY_FETCH=1",
                                       "GIT_EXTERNAL_DIFF",
                                       "GIT_PREFIX"};
  if (repository.foreign) {
    for (const char* each : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR",
                             "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"}) {
      environment.emplace_back(each);
    }
  }
  return run(command, environment, input);
}

std::string repository_root(const FileSystem& disk, std::string folder) {
  while (!disk.exists(join_path(folder, ".git"))) {
    std::string parent = parent_path(folder);
    if (parent == folder) return {};
    folder = std::move(parent);
  }
  return folder;
}

// The commit that a name stands for; empty where it stands for none.
Result<std::string> commit_of(const Repository& repository, std::string_view name) {
  const auto output = ask(repository, {"rev-parse", "--verify", "--quiet", cat(name, "^{commit}")});
  if (!output) return output.error();
  return output->status == 0 ? first_line(output->out) : std::string();
}

std::string brief(std::string_view commit) { return std::string(commit.substr(0, 8)); }

Error failure(std::string_view what, const Output& output) {
  const std::string said = first_line(output.err);
  return Error{cat(what, said.empty() ? "" : ": git says: ", said)};
}

}  // namespace

Result<std::string> plumb(const Repository& repository, const std::vector<std::string>& arguments,
                          const std::string& input) {
  auto output = ask(repository, arguments, input);
  if (!output) return output.error();
  if (output->status != 0) return failure(cat("`git ", arguments.front(), "` failed"), *output);
  return std::move(output->out);
}

Result<Repository> open(const std::string& path, const FileSystem& disk) {
  Repository repository;
  repository.program = find_program("git");
  if (repository.program.empty()) {
    return Error{"git is not installed or not on PATH; `--since` and `--staged` ask it"};
  }
  std::string folder = path;
  while (!disk.is_directory(folder)) {
    std::string parent = parent_path(folder);
    if (parent == folder) break;
    folder = std::move(parent);
  }
  const auto canonical = disk.canonical(folder);
  if (!canonical) return canonical.error();
  repository.start = *canonical;
  const auto here = disk.canonical(".");
  if (here && repository_root(disk, *here) == repository_root(disk, *canonical)) {
    repository.start = *here;
  } else {
    repository.foreign = true;
  }
  const auto output = ask(repository, {"rev-parse", "--is-shallow-repository", "--show-toplevel"});
  if (!output) return output.error();
  if (output->status != 0) {
    const std::string said = first_line(output->err);
    if (said.find("not a git repository") != std::string::npos) {
      return Error{cat("`", path, "` is in no git repository; without one, lint it without ",
                       "`--since` and `--staged`")};
    }
    if (said.find("dubious ownership") != std::string::npos) {
      return Error{cat("git refuses this repository because somebody else owns it; if you trust ",
                       "it: git config --global --add safe.directory ", *canonical)};
    }
    if (said.find("work tree") != std::string::npos) {
      return Error{cat("`", path, "` is in a bare repository: there are no files to lint")};
    }
    return failure("git cannot read this repository", *output);
  }
  const std::size_t line = output->out.find('\n');
  repository.shallow = output->out.substr(0, line) == "true";
  repository.root = output->out.substr(line + 1);
  if (repository.root.ends_with('\n')) repository.root.pop_back();
  return repository;
}

Result<Base> merge_base(const Repository& repository, const std::string& revision) {
  const std::string fetch =
      repository.shallow ? "git fetch --unshallow origin" : "git fetch origin";
  if (revision.empty() || revision.starts_with('-')) {
    return Error{cat("`--since` needs a commit or branch, not `", revision, "`")};
  }
  const auto current = commit_of(repository, "HEAD");
  if (!current) return current.error();
  if (current->empty()) {
    return Error{
        "this branch has no commit yet, so there is nothing to compare with; commit "
        "first, or lint without `--since`"};
  }
  const auto commit = commit_of(repository, revision);
  if (!commit) return commit.error();
  if (commit->empty()) {
    return Error{cat("git knows no commit `", revision, "` here",
                     repository.shallow ? " (this clone is shallow)" : "",
                     "; if it is on the server: ", fetch)};
  }
  const auto other = commit_of(repository, "MERGE_HEAD");
  if (!other) return other.error();
  // With three commits git answers for the merge of the last two, which is not made yet.
  std::vector<std::string> question{"merge-base", *commit, *current};
  if (!other->empty()) question.push_back(*other);
  const auto base = ask(repository, question);
  if (!base) return base.error();
  if (base->status != 0 || base->out.empty()) {
    return Error{repository.shallow
                     ? cat("the commit where this branch left `", revision,
                           "` is not in this shallow clone; fetch the history first: ", fetch)
                     : cat("`", revision, "` and this branch have no commit in common")};
  }
  const std::string found = first_line(base->out);
  return Base{found, cat(revision, " (merge base ", brief(found), ")")};
}

Result<Base> head(const Repository& repository) {
  const auto current = commit_of(repository, "HEAD");
  if (!current) return current.error();
  if (current->empty()) return Base{{}, "the empty branch"};
  return Base{*current, cat("HEAD (", brief(*current), ")")};
}

Result<std::optional<Base>> merging(const Repository& repository) {
  const auto other = commit_of(repository, "MERGE_HEAD");
  if (!other) return other.error();
  if (other->empty()) return std::optional<Base>();
  return std::optional(Base{*other, cat("the merge of ", brief(*other))});
}

Result<std::optional<Base>> published(const Repository& repository) {
  const auto current = commit_of(repository, "HEAD");
  if (!current) return current.error();
  if (current->empty()) return std::optional<Base>();
  for (const char* each :
       {"refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"}) {
    const auto tip = commit_of(repository, each);
    if (!tip) return tip.error();
    if (tip->empty()) continue;
    const auto base = ask(repository, {"merge-base", *tip, *current});
    if (!base) return base.error();
    const std::string found = base->status == 0 ? first_line(base->out) : std::string();
    if (found.empty() || found == *current) break;
    return std::optional(Base{found, cat("origin (merge base ", brief(found), ")")});
  }
  return std::optional<Base>();
}

Result<std::unique_ptr<FileSystem>> files_of(const Repository& repository, const Base& base,
                                             const FileSystem& disk) {
  std::string listing;
  if (!base.commit.empty()) {
    auto listed = plumb(repository, {"ls-tree", "-r", "-z", "--full-tree", base.commit}, {});
    if (!listed) return listed.error();
    listing = *std::move(listed);
  }
  return stored_files(repository, listing, disk);
}

Result<std::unique_ptr<FileSystem>> files_of_index(const Repository& repository,
                                                   const FileSystem& disk) {
  // It lists what is below the folder it is started in.
  Repository top = repository;
  top.start = repository.root;
  auto listed = plumb(top, {"ls-files", "-s", "-z"}, {});
  if (!listed) return listed.error();
  return stored_files(repository, *listed, disk);
}

}  // namespace migguard::git
