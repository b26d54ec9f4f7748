// Objects by schema and name: found, renamed, listed in order.
#include <gtest/gtest.h>

#include <deque>
#include <schema/by_name.hpp>
#include <string>
#include <vector>

namespace migguard::schema {
namespace {

TEST(ByName, FindsByBothParts) {
  ByName<int> objects;
  EXPECT_EQ(objects.find({"public", "a"}), nullptr);
  objects[{"public", "a"}] = 1;
  objects[{"app", "a"}] = 2;
  ASSERT_TRUE(objects.contains({"public", "a"}));
  EXPECT_EQ(*objects.find({"public", "a"}), 1);
  EXPECT_EQ(*objects.find({"app", "a"}), 2);
  EXPECT_FALSE(objects.contains({"app", "b"}));
  EXPECT_FALSE(objects.contains({"", "a"}));
  objects.erase({"app", "a"});
  objects.erase({"nowhere", "a"});
  EXPECT_FALSE(objects.contains({"app", "a"}));
  EXPECT_TRUE(objects.contains({"public", "a"}));
}

TEST(ByName, MovesWithoutMovingInMemory) {
  ByName<std::string> objects;
  std::string& object = objects[{"public", "a"}];
  object = "seven";
  objects[{"app", "b"}] = "eight";
  EXPECT_EQ(objects.move({"public", "a"}, {"app", "b"}), &object);
  EXPECT_EQ(objects.find({"app", "b"}), &object);
  std::deque<std::string> names;
  for (int each = 0; each < 1000; ++each)
    objects[{"app", names.emplace_back(std::to_string(each))}] = "more";
  EXPECT_EQ(objects.find({"app", "b"}), &object);
  EXPECT_EQ(object, "seven");
  EXPECT_FALSE(objects.contains({"public", "a"}));
  EXPECT_EQ(objects.move({"public", "a"}, {"public", "c"}), nullptr);
  EXPECT_EQ(objects.move({"app", "b"}, {"app", "b"}), &object);
}

TEST(ByName, CopiesItsObjects) {
  ByName<std::string> objects;
  objects[{"public", "a"}] = "one";
  ByName<std::string> copy = objects;
  copy[{"public", "a"}] = "two";
  copy[{"public", "b"}] = "three";
  EXPECT_EQ(*objects.find({"public", "a"}), "one");
  EXPECT_FALSE(objects.contains({"public", "b"}));
  objects = copy;
  EXPECT_EQ(*objects.find({"public", "a"}), "two");
}

TEST(ByName, ListsInOrderOfSchemaAndName) {
  ByName<int> objects;
  const std::vector<Name> names = {
      {"b", "z"}, {"a", "much longer than the others"}, {"a", ""}, {"ab", "b"}, {"b", "c"}};
  for (const Name& name : names) objects[name] = static_cast<int>(name.name.size());
  EXPECT_EQ(objects.keys(), (std::vector<Key>{Key{"a", ""}, Key{"a", "much longer than the others"},
                                              Key{"ab", "b"}, Key{"b", "c"}, Key{"b", "z"}}));
  EXPECT_EQ(objects.keys("b"), (std::vector<Key>{Key{"b", "c"}, Key{"b", "z"}}));
  EXPECT_TRUE(objects.keys("none").empty());
  EXPECT_EQ(objects.all().size(), names.size());
  EXPECT_EQ(*objects.all()[1], 27);
}

TEST(ByName, HoldsManyNamesOfEveryLength) {
  ByName<std::size_t> objects;
  std::vector<std::string> names;
  for (std::size_t size = 0; size <= 70; ++size)
    for (const char last : {'a', 'b', '\xff'}) names.push_back(std::string(size, 'n') + last);
  for (std::size_t i = 0; i < names.size(); ++i) objects[{"public", names[i]}] = i;
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(*objects.find({"public", names[i]}), i) << names[i];
}

TEST(ByName, CopiesAreTheirOwn) {
  ByName<int> objects;
  objects[{"public", "a"}] = 1;
  ByName<int> copy = objects;
  copy[{"public", "a"}] = 2;
  EXPECT_EQ(*objects.find({"public", "a"}), 1);
  EXPECT_EQ(*copy.find({"public", "a"}), 2);
}

}  // namespace
}  // namespace migguard::schema
