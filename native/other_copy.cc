#include "other_copy.h"

#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <string>

#ifdef __linux__
#include <link.h>
#endif

namespace torchts {
namespace {

std::string real_path(const char* path) {
  char buffer[PATH_MAX];
  return realpath(path, buffer) ? buffer : path;
}

std::string own_path() {
  Dl_info info;
  return dladdr(reinterpret_cast<void*>(&refuse_other_copy), &info) && info.dli_fname ? real_path(info.dli_fname) : "";
}

// The path of another loaded addon of the same name; empty when there is none.
std::string other_path([[maybe_unused]] const std::string& own) {
  std::string found;
#ifdef __linux__
  const auto own_and_found = std::make_pair(&own, &found);
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        const auto& [own, found] = *static_cast<std::pair<const std::string*, std::string*>*>(data);
        const std::string path = info->dlpi_name ? info->dlpi_name : "";
        const auto slash = path.rfind('/');
        if (slash == std::string::npos || path.substr(slash) != "/torchts.node") return 0;
        const std::string real = real_path(path.c_str());
        if (real == *own) return 0;
        *found = real;
        return 1;
      },
      const_cast<void*>(static_cast<const void*>(&own_and_found)));
#endif
  return found;
}

}  // namespace

void refuse_other_copy(Napi::Env env) {
  const std::string own = own_path(), other = other_path(own);
  if (other.empty()) return;
  throw Napi::Error::New(env, "another copy of torchts is loaded in this process already, from " + other + "; this one is " + own +
                                  ". Two cannot share one libtorch: let the project have one (`npm ls torchts`, `npm dedupe`)");
}

}  // namespace torchts
