// A quick look at whether PostgreSQL may refuse a statement, for rules that ask of every one.
#pragma once

#include <migguard/op.hpp>
#include <migguard/schema.hpp>

namespace migguard {

// False: none of the operations of one statement fails on the schema before it, as far as the
// history tells (Effects::fails is empty). True: Context::effects says which does, and why.
bool may_fail(const Schema& schema, List<Op> ops, int pg_version);

}  // namespace migguard
