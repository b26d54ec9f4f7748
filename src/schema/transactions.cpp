// BEGIN, SAVEPOINT and the ways back; settings, which end with transactions and sessions.
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

}  // namespace

// A rollback undoes what is already applied by then, so its beginning must be told beforehand:
// copying all facts at every BEGIN would cost the square of the history.
void Replay::look_ahead(const Migration& migration) {
  struct Open {
    Text savepoint;
    const TransactionControl* op;
  };
  std::vector<Open> open;
  rollbacks_ahead.clear();
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      const auto* control = std::get_if<TransactionControl>(&op);
      if (!control || control->within != Within::statement) continue;
      const auto savepoint = [&] {
        return std::find_if(open.rbegin(), open.rend(), [&](const Open& each) {
          return !each.savepoint.empty() && each.savepoint == control->savepoint;
        });
      };
      switch (control->step) {
        case TransactionStep::begin:
          if (open.empty() || !open.front().savepoint.empty())
            open.insert(open.begin(), {Text(), control});
          break;
        case TransactionStep::savepoint:
          open.push_back({control->savepoint, control});
          break;
        case TransactionStep::release:
          if (const auto found = savepoint(); found != open.rend())
            open.erase(found.base() - 1, open.end());
          break;
        case TransactionStep::rollback_to:
          if (const auto found = savepoint(); found != open.rend()) {
            ++rollbacks_ahead[found->op];
            open.erase(found.base(), open.end());
          }
          break;
        case TransactionStep::rollback:
        case TransactionStep::commit:
        case TransactionStep::prepare:
          if (control->step == TransactionStep::rollback && !open.empty() &&
              open.front().savepoint.empty())
            ++rollbacks_ahead[open.front().op];
          open.clear();
          if (control->chain) open.push_back({Text(), control});
          break;
        case TransactionStep::commit_prepared:
        case TransactionStep::rollback_prepared:
          break;
      }
    }
  }
}

void Replay::open_frame(Text savepoint, const TransactionControl* op) {
  Frame frame{savepoint, nullptr, op};
  if (rollbacks_ahead.contains(op)) frame.before = std::make_unique<Facts>(facts);
  if (frame.savepoint.empty())
    frames.insert(frames.begin(), std::move(frame));
  else
    frames.push_back(std::move(frame));
}

void Replay::finish_transaction() {
  if (drop_on_commit) {
    drop_on_commit = false;
    for (const Key& key : facts.relations.keys(temporary_schema))
      if (const Record* record = facts.find(key);
          record && record->facts.on_commit == OnCommit::drop)
        facts.drop(key, true);
  }
  if (facts.local_settings.empty()) return;
  facts.local_settings.clear();
  set_path();
}

void Replay::end_session() {
  frames.clear();
  begin_transaction_anew();
  finish_transaction();
  if (facts.any_temporary) {
    for (const Key& key : facts.relations.keys(temporary_schema)) facts.drop(key, true);
    for (const Key& key : facts.types.keys(temporary_schema)) facts.types.erase(key);
    for (const Key& key : facts.functions.keys(temporary_schema)) facts.functions.erase(key);
  }
  if (facts.session_settings.empty()) return;
  facts.session_settings.clear();
  set_path();
}

void Replay::effect(const TransactionControl& op) {
  if (op.within != Within::statement) return;  // a block of DO is inside one statement
  const auto savepoint = [&] {
    return std::find_if(frames.rbegin(), frames.rend(), [&](const Frame& each) {
      return !each.savepoint.empty() && each.savepoint == op.savepoint;
    });
  };
  switch (op.step) {
    case TransactionStep::begin:
      if (in_transaction()) break;
      if (autocommit) begin_transaction_anew();
      open_frame({}, &op);
      break;
    case TransactionStep::savepoint:
      if (!op.savepoint.empty()) open_frame(op.savepoint, &op);
      break;
    case TransactionStep::release:
      if (const auto found = savepoint(); found != frames.rend())
        frames.erase(found.base() - 1, frames.end());
      break;
    case TransactionStep::rollback_to: {
      const auto found = savepoint();
      if (found == frames.rend()) break;
      frames.erase(found.base(), frames.end());
      Frame& frame = frames.back();
      const auto ahead = rollbacks_ahead.find(frame.opened_by);
      if (!frame.before || ahead == rollbacks_ahead.end()) break;
      if (--ahead->second == 0)
        facts = std::move(*std::exchange(frame.before, nullptr));
      else
        facts = *frame.before;
      break;
    }
    case TransactionStep::rollback:
    case TransactionStep::commit:
    case TransactionStep::prepare:
      if (op.step == TransactionStep::rollback && in_transaction() && frames.front().before)
        facts = std::move(*frames.front().before);
      frames.clear();
      begin_transaction_anew();
      finish_transaction();
      if (op.chain) open_frame({}, &op);
      break;
    case TransactionStep::commit_prepared:
    case TransactionStep::rollback_prepared:
      break;
  }
}

void Replay::effect(const SetVariable& op) {
  const std::string variable = lower_case(op.variable);
  if (variable == "all") {
    facts.session_settings.clear();
    facts.local_settings.clear();
  } else if (op.reset || op.values.empty()) {
    facts.local_settings.erase(variable);
    if (!op.local) facts.session_settings.erase(variable);
  } else {
    std::string value;
    for (const Text& each : op.values) value += value.empty() ? std::string(each) : cat(", ", each);
    if (op.local) {
      facts.local_settings[variable] = std::move(value);
    } else {
      facts.local_settings.erase(variable);
      facts.session_settings[variable] = std::move(value);
    }
  }
  if (variable == "search_path" || variable == "all") set_path();
}

}  // namespace migguard::schema
