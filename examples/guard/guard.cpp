// Refuses a JSON document that holds money, from C++.
//
//   c++ -std=c++17 guard.cpp $(pkg-config --cflags --libs migguard) -o guard
//   echo '{"items": [{"price": 12.5}]}' | ./guard
#include <iostream>
#include <iterator>
#include <migguard/guard.hpp>
#include <string>

int main() {
  const migguard::Guard guard;
  const std::string json((std::istreambuf_iterator<char>(std::cin)), {});
  try {
    guard.throw_if_monetary(json, "quotes.metadata");
  } catch (const migguard::MonetaryInMetadata& error) {
    std::cout << error.what() << '\n';
    return 1;
  } catch (const migguard::UnreadableJson& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
