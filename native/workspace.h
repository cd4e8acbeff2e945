// Memory for what the steps of a plan give each other: one block, in which each tensor has had its place since the first run. So a
// later run asks the C library for its results alone.
#pragma once
#include <c10/core/Allocator.h>
#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace torchts {

// Where the tensors that a run makes lie, in the order in which it makes them.
struct Layout {
  struct Place {
    size_t size = 0, offset = 0;
    bool lives_on = false;  // beyond the run, as results do: it lies elsewhere
  };
  std::vector<Place> places;
  size_t bytes = 0;
};

// The block, which is freed once nobody has it and nothing lies in it.
class Workspace : public std::enable_shared_from_this<Workspace> {
 public:
  explicit Workspace(size_t bytes);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  size_t bytes() const { return bytes_; }
  // Null where something lies there still: what another thread's run made, or what lived longer than in the first run.
  void* put(const Layout::Place& place);

  // Takes what begins there out of the workspace that it lies in; false where it lies in none.
  static bool take_out(void* data) { return filled.load(std::memory_order_relaxed) > 0 && take_out_of_any(data); }

 private:
  static bool take_out_of_any(void* data);
  void remove(size_t offset);

  // How many tensors lie in any: mostly none but while a plan runs, so that freeing other tensors takes no longer. A thread that frees one
  // of them sees at least that one counted.
  static inline std::atomic<size_t> filled{0};

  const size_t bytes_;
  c10::DataPtr block_;
  std::mutex mutex_;
  std::vector<std::pair<size_t, size_t>> taken_;  // offset and end of what lies in it; a handful
  std::shared_ptr<Workspace> self_;               // while anything does
};

// While one lives, the allocator asks it for each tensor that this thread makes. Small ones are none of its business: the allocator has
// those at hand (allocator.cc).
class Placement {
 public:
  // Notes what the run makes.
  Placement();
  // Puts what it makes where it was said.
  Placement(std::shared_ptr<const Layout> layout, std::shared_ptr<Workspace> workspace);
  ~Placement();
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;

  // That of this thread; null without.
  static Placement* current();

  // Null for a tensor that has no place.
  void* put(size_t size);
  void made(void* data, size_t size);
  void released(void* data);

  // Of what was noted: those that are never in use at once share their place.
  Layout layout() const;

 private:
  static constexpr size_t kAlive = std::numeric_limits<size_t>::max();
  struct Noted {
    size_t size, first, last = kAlive;  // the moments between which it was in use
    bool overlaps(const Noted& other) const { return first < other.last && other.first < last; }
  };

  Placement* const outer_;
  const std::shared_ptr<const Layout> layout_;
  const std::shared_ptr<Workspace> workspace_;
  size_t next_ = 0, moment_ = 0;
  std::vector<Noted> noted_;
  std::unordered_map<void*, size_t> alive_;
};

}  // namespace torchts
