// Blocks for small objects: apart from each other, used again, good in any thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <thread>
#include <util/small_blocks.hpp>
#include <vector>

namespace migguard::small_blocks {
namespace {

#if defined(__linux__)

// More than lies side by side at the beginning.
constexpr std::size_t many = 400;

TEST(SmallBlocks, LieApartAndAligned) {
  std::map<char*, std::size_t> taken;
  for (std::size_t round = 0; round < many; ++round) {
    for (const std::size_t bytes : {0U, 1U, 16U, 17U, 24U, 100U, 511U, 512U}) {
      char* const block = static_cast<char*>(take(bytes));
      ASSERT_NE(block, nullptr);
      ASSERT_TRUE(holds(block));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % step, 0U);
      std::memset(block, 0xff, bytes);
      ASSERT_TRUE(taken.emplace(block, std::max<std::size_t>(bytes, 1)).second);
    }
  }
  const char* end = nullptr;
  for (const auto& [block, bytes] : taken) {
    ASSERT_TRUE(end == nullptr || end <= block);
    end = block + bytes;
  }
  for (const auto& [block, bytes] : taken) give_back(block, bytes);
}

TEST(SmallBlocks, AreUsedAgainBySize) {
  void* const block = take(40);
  give_back(block, 40);
  void* const larger = take(100);
  EXPECT_NE(larger, block);
  void* const as_large = take(33);  // of the same class as 40
  EXPECT_EQ(as_large, block);
  give_back(as_large, 33);
  give_back(larger, 100);
}

TEST(SmallBlocks, KnowTheirClass) {
  std::vector<void*> taken;
  for (std::size_t i = 0; i < many * 10; ++i) taken.push_back(take(200));
  EXPECT_EQ(class_of(taken.back()), size_class(200));
  for (void* each : taken) {
    const std::size_t known = class_of(each);
    EXPECT_TRUE(known == 0 || known == size_class(200));
    give_back(each, 200);
  }
}

TEST(SmallBlocks, NothingElseIsOneOfThem) {
  int local = 0;
  const std::vector<int> large(10'000);
  EXPECT_FALSE(holds(nullptr));
  EXPECT_FALSE(holds(&local));
  EXPECT_FALSE(holds(large.data()));
}

TEST(SmallBlocks, OfOneThreadCanBeGivenBackByAnother) {
  constexpr std::size_t threads = 4;
  std::vector<std::vector<void*>> taken(threads);
  const auto in_each_thread = [&](auto&& act) {
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < threads; ++i) all.emplace_back([&, i] { act(taken[i]); });
    for (std::thread& each : all) each.join();
  };
  in_each_thread([](std::vector<void*>& mine) {
    for (std::size_t i = 0; i < many * 10; ++i) mine.push_back(take(i % largest));
  });
  std::set<void*> all;
  for (const auto& each : taken) all.insert(each.begin(), each.end());
  EXPECT_EQ(all.size(), threads * many * 10);
  std::rotate(taken.begin(), taken.begin() + 1, taken.end());
  in_each_thread([](std::vector<void*>& others) {
    for (std::size_t i = 0; i < others.size(); ++i) give_back(others[i], i % largest);
    for (std::size_t i = 0; i < others.size(); ++i) others[i] = take(i % largest);
  });
  all.clear();
  for (const auto& each : taken) all.insert(each.begin(), each.end());
  EXPECT_EQ(all.size(), threads * many * 10);
}

#endif

}  // namespace
}  // namespace migguard::small_blocks
