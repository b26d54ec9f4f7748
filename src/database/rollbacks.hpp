// Runs the rollback scripts of a history in reverse order, and finds what they do not restore.
#pragma once

#include <database/applier.hpp>
#include <database/objects.hpp>
#include <database/verify.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migguard::database {

class Rollbacks {
 public:
  // Of the migrations that were not there beforehand.
  explicit Rollbacks(const Trial& trial);
  bool any() const;

  // Where databases can be made: the whole history runs once more, and each script is tried, in a
  // new database behind one that does not bring everything back.
  std::optional<Error> try_all();

  // Where there is one database: `look_before` notes what is there before a migration is applied,
  // and `take_back` goes back as far as every script brings everything back.
  std::optional<Error> look_before(const Migration& migration, Opened& opened);
  std::optional<Error> take_back(Opened& opened, Applier& applier);

 private:
  struct Step {
    lint::VerifiedMigration* verified = nullptr;
    const Migration* script = nullptr;
    bool looked = false;
    Objects before;  // as it was before the migration
    TableSums sums;
  };

  // Those that were applied, and in their order.
  std::size_t applied() const;
  std::size_t scripts_of_first(std::size_t number) const;
  std::optional<Error> go_back_from(std::size_t& next);
  std::optional<Error> go_forward(Opened& opened, Applier& applier, std::size_t next);
  std::optional<Error> look(Opened& opened, Objects& objects, TableSums& sums) const;
  Result<bool> take_back(Opened& opened, Applier& applier, const Step& step);
  lint::VerifyFinding& add(const Step& step, lint::VerifyFinding::Kind kind, std::string message,
                           std::string why, std::string help);
  void give_up(std::size_t next, std::string because);

  const Trial& trial_;
  std::vector<Step> steps_;
};

}  // namespace migguard::database
