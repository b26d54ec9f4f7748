#include <schema/effects.hpp>
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <type_traits>

namespace migguard::schema {
namespace {

RelationName name_of_relation(const Name& name) {
  return {std::string(name.schema), std::string(name.name)};
}

// The mode of clauses of ALTER TABLE that do not take ACCESS EXCLUSIVE
// (AlterTableGetLockLevel in src/backend/commands/tablecmds.c).
template <class Operation>
LockMode lock_mode(const Operation&) {
  return LockMode::access_exclusive;
}
LockMode lock_mode(const ValidateConstraint&) { return LockMode::share_update_exclusive; }
LockMode lock_mode(const SetTriggerState&) { return LockMode::share_row_exclusive; }
LockMode lock_mode(const CreateTrigger&) { return LockMode::share_row_exclusive; }
LockMode lock_mode(const CreateIndex& op) {
  return op.concurrently ? LockMode::share_update_exclusive : LockMode::share;
}
LockMode lock_mode(const Insert&) { return LockMode::row_exclusive; }
LockMode lock_mode(const Update&) { return LockMode::row_exclusive; }
LockMode lock_mode(const Delete&) { return LockMode::row_exclusive; }
LockMode lock_mode(const Merge&) { return LockMode::row_exclusive; }
LockMode lock_mode(const Copy& op) {
  return op.from ? LockMode::row_exclusive : LockMode::access_share;
}
LockMode lock_mode(const AddConstraint& op) {
  return op.constraint.kind == ConstraintKind::foreign_key ? LockMode::share_row_exclusive
                                                           : LockMode::access_exclusive;
}

}  // namespace

void Evaluation::lock(const Name& relation, LockMode mode, std::string_view why) {
  for (Effects::Lock& each : now->locks) {
    if (!each.relation.is(relation)) continue;
    if (mode > each.mode) {
      each.mode = mode;
      each.why = why;
    }
    return;
  }
  const RelationName name = name_of_relation(relation);
  now->locks.push_back({name, mode, std::string(why), name});
}

std::vector<Effects> effects(const Catalog& before, List<Op> ops, int pg_version) {
  std::vector<Effects> all(ops.size());
  Evaluation evaluation{before.replay(), pg_version};
  for (std::size_t place = 0; place < ops.size(); ++place) {
    evaluation.now = &all[place];
    std::visit(
        [&](const auto& op) {
          using Operation = std::decay_t<decltype(op)>;
          if constexpr (requires { op.table.schema; } && !std::is_same_v<Operation, CreateTable> &&
                        !std::is_same_v<Operation, CreateTableAs>) {
            if (const Record* record = evaluation.replay.find(op.table))
              evaluation.lock(record->name(), lock_mode(op), {});
          }
        },
        ops[place]);
    find_blocked(all[place]);
  }
  return all;
}

bool depend_on_each_other(List<Op> ops) {
  std::size_t schema_changes = 0;
  for (const Op& op : ops) {
    const Node& each = node(op);
    if (each.within != Within::statement || std::holds_alternative<DoBlock>(op)) return false;
    if (std::holds_alternative<CreateTable>(op) || std::holds_alternative<Insert>(op)) return false;
    schema_changes += !std::holds_alternative<JsonKey>(op);
  }
  return schema_changes > 1;
}

void find_blocked(Effects& effects) {
  effects.blocks.clear();
  for (const Effects::Lock& lock : effects.locks) {
    const bool of_index = lock.table != lock.relation;
    const bool reads = blocks_reads(lock.mode);
    const bool writes = of_index ? reads : blocks_writes(lock.mode);
    if (!reads && !writes) continue;
    const auto found =
        std::find_if(effects.blocks.begin(), effects.blocks.end(),
                     [&](const Effects::Blocked& each) { return each.table == lock.table; });
    Effects::Blocked& blocked = found != effects.blocks.end()
                                    ? *found
                                    : effects.blocks.emplace_back(Effects::Blocked{lock.table});
    blocked.reads |= reads;
    blocked.writes |= writes;
  }
}

Effects together(std::span<const Effects> each) {
  Effects all;
  for (const Effects& one : each) {
    for (const Effects::Lock& lock : one.locks) {
      const auto found =
          std::find_if(all.locks.begin(), all.locks.end(),
                       [&](const Effects::Lock& known) { return known.relation == lock.relation; });
      if (found == all.locks.end()) {
        all.locks.push_back(lock);
      } else if (lock.mode > found->mode) {
        *found = lock;
      }
    }
    for (const auto list :
         {&Effects::rewrites, &Effects::scans, &Effects::index_builds, &Effects::index_rebuilds}) {
      for (const Effects::Work& work : one.*list) {
        const auto same = [&](const Effects::Work& known) {
          return known.relation == work.relation;
        };
        if (std::none_of((all.*list).begin(), (all.*list).end(), same)) (all.*list).push_back(work);
      }
    }
    for (const Effects::WaitsFor what : one.waits_for)
      if (!all.waits(what)) all.waits_for.push_back(what);
    all.fails_in_transaction |= one.fails_in_transaction;
    if (all.fails.empty()) all.fails = one.fails;
    all.known &= one.known;
  }
  find_blocked(all);
  return all;
}

void leave_out_new(Effects& effects, const Catalog& catalog) {
  const auto unseen = [&](const RelationName& table) {
    const Relation* relation = catalog.relation(table.full_name()).known();
    return relation && (catalog.is_new(*relation) || catalog.is_temporary(*relation));
  };
  std::erase_if(effects.locks, [&](const Effects::Lock& each) { return unseen(each.table); });
  for (const auto list :
       {&Effects::rewrites, &Effects::scans, &Effects::index_builds, &Effects::index_rebuilds})
    std::erase_if(effects.*list, [&](const Effects::Work& each) { return unseen(each.table); });
  std::erase_if(effects.blocks, [&](const Effects::Blocked& each) { return unseen(each.table); });
}

}  // namespace migguard::schema
