// Native objects that JavaScript holds by number.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "guard.h"

namespace torchts {

// Numbers begin at 1 and are never used again, so that the number of a disposed object stands for no other one.
template <typename T>
class Registry {
 public:
  // `what`: the kind of object, for messages.
  explicit Registry(const char* what) : what_(what) {}

  uint32_t add(T object) {
    objects_.emplace(next_, std::move(object));
    return next_++;
  }

  T& get(uint32_t id) {
    const auto found = objects_.find(id);
    if (found == objects_.end()) throw ArgumentError(std::string("the ") + what_ + " was disposed");
    return found->second;
  }

  void remove(uint32_t id) { objects_.erase(id); }

 private:
  const char* const what_;
  std::unordered_map<uint32_t, T> objects_;
  uint32_t next_ = 1;
};

}  // namespace torchts
