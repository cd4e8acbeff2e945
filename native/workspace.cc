#include "workspace.h"

#include <c10/core/CPUAllocator.h>
#include <algorithm>
#include <map>
#include <numeric>

namespace torchts {
namespace {

thread_local Placement* current_placement = nullptr;

// What libtorch aligns its memory to.
constexpr size_t kAlignment = 64;

size_t room_for(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

// All workspaces, by where they begin. Never destroyed: tensors may be freed after the destructors of all statics have run.
struct Known {
  std::mutex mutex;
  std::map<char*, Workspace*> by_begin;
};
Known& known() {
  static auto* all = new Known;
  return *all;
}

}  // namespace

// ---- the block

Workspace::Workspace(size_t bytes) : bytes_(bytes), block_(c10::GetCPUAllocator()->allocate(bytes)) {
  const std::lock_guard lock(known().mutex);
  if (bytes > 0) known().by_begin[static_cast<char*>(block_.get())] = this;
}

Workspace::~Workspace() {
  const std::lock_guard lock(known().mutex);
  if (bytes_ > 0) known().by_begin.erase(static_cast<char*>(block_.get()));
}

void* Workspace::put(const Layout::Place& place) {
  const size_t end = place.offset + room_for(place.size);
  const std::lock_guard lock(mutex_);
  const auto is_taken = [&](const auto& other) { return place.offset < other.second && other.first < end; };
  if (end > bytes_ || std::any_of(taken_.begin(), taken_.end(), is_taken)) return nullptr;
  if (taken_.empty()) self_ = shared_from_this();
  taken_.emplace_back(place.offset, end);
  filled.fetch_add(1, std::memory_order_relaxed);
  return static_cast<char*>(block_.get()) + place.offset;
}

bool Workspace::take_out_of_any(void* data) {
  Workspace* owner = nullptr;  // which lives as long as the tensor lies in it
  size_t offset = 0;
  {
    const std::lock_guard lock(known().mutex);
    auto after = known().by_begin.upper_bound(static_cast<char*>(data));
    if (after == known().by_begin.begin()) return false;
    const auto& [begin, workspace] = *--after;
    offset = static_cast<size_t>(static_cast<char*>(data) - begin);
    if (offset < workspace->bytes_) owner = workspace;
  }
  if (owner) owner->remove(offset);
  return owner != nullptr;
}

void Workspace::remove(size_t offset) {
  std::shared_ptr<Workspace> last;  // it may end with this, but not under its own lock
  const std::lock_guard lock(mutex_);
  std::erase_if(taken_, [&](const auto& other) { return other.first == offset; });
  filled.fetch_sub(1, std::memory_order_relaxed);
  if (taken_.empty()) last = std::move(self_);
}

// ---- what a run makes

Placement::Placement() : outer_(std::exchange(current_placement, this)) {}
Placement::Placement(std::shared_ptr<const Layout> layout, std::shared_ptr<Workspace> workspace)
    : outer_(std::exchange(current_placement, this)), layout_(std::move(layout)), workspace_(std::move(workspace)) {}
Placement::~Placement() { current_placement = outer_; }

Placement* Placement::current() { return current_placement; }

void* Placement::put(size_t size) {
  if (!layout_ || next_ >= layout_->places.size()) return nullptr;
  const Layout::Place& place = layout_->places[next_++];
  return place.lives_on || place.size != size ? nullptr : workspace_->put(place);
}

void Placement::made(void* data, size_t size) {
  if (layout_) return;
  alive_[data] = noted_.size();
  noted_.push_back({size, moment_++});
}

void Placement::released(void* data) {
  const auto found = alive_.find(data);
  if (found == alive_.end()) return;
  noted_[found->second].last = moment_++;
  alive_.erase(found);
}

// The largest first, each as low as those leave room that are in use at the same time.
Layout Placement::layout() const {
  Layout layout;
  for (const Noted& noted : noted_) layout.places.push_back({noted.size, 0, noted.last == kAlive});
  std::vector<size_t> order(noted_.size()), placed;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return noted_[a].size > noted_[b].size; });
  for (const size_t i : order) {
    Layout::Place& place = layout.places[i];
    if (place.lives_on) continue;
    std::vector<std::pair<size_t, size_t>> taken;
    for (const size_t j : placed)
      if (noted_[i].overlaps(noted_[j])) taken.emplace_back(layout.places[j].offset, layout.places[j].offset + room_for(noted_[j].size));
    std::sort(taken.begin(), taken.end());
    for (const auto& [offset, end] : taken) {
      if (place.offset + room_for(place.size) <= offset) break;
      place.offset = std::max(place.offset, end);
    }
    placed.push_back(i);
    layout.bytes = std::max(layout.bytes, place.offset + room_for(place.size));
  }
  return layout;
}

}  // namespace torchts
