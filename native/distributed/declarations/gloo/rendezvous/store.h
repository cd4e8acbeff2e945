// Declarations of Gloo, whose own headers libtorch does not bring. c10d names these types in its headers, behind pointers; what it
// compiled knows them whole. A libtorch that brings the headers has them found first (CMakeLists.txt).
#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace gloo::rendezvous {

// The base of a class that c10d's header defines. No object of it is made here, so that the table of its functions is not, either.
class Store {
 public:
  virtual ~Store() = default;
  virtual void set(const std::string& key, const std::vector<char>& value) = 0;
  virtual std::vector<char> get(const std::string& key) = 0;
  virtual void wait(const std::vector<std::string>& keys) = 0;
  virtual void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) = 0;
};

}  // namespace gloo::rendezvous
