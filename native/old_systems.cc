// Lets the addon run wherever libtorch's own libraries run, however new the system is on which it was compiled: glibc 2.29 and
// 2.34 and GCC 12 gave these functions newer versions, which an older system (RHEL 8 and 9, Ubuntu 20.04) does not have. Each definition
// here is the one that the rest of the addon is linked to, and calls the version that every system has.
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && !defined(__SANITIZE_ADDRESS__)
#include <condition_variable>
#include <cstdlib>
#if defined(__GLIBC__) && defined(__GLIBCXX__)
#include <dlfcn.h>
#include <pthread.h>

#ifdef __x86_64__
#define TORCHTS_FIRST_GLIBC "GLIBC_2.2.5"
#else
#define TORCHTS_FIRST_GLIBC "GLIBC_2.17"
#endif
#define TORCHTS_OLD(name, version) __asm__(".symver torchts_old_" #name ", " #name "@" version)

#if __GLIBC_PREREQ(2, 32)
// While this is not 0, there is one thread and libstdc++ counts references without atomics. Here it is always 0.
extern "C" __attribute__((visibility("hidden"))) char torchts_single_threaded __asm__("__libc_single_threaded");
char torchts_single_threaded = 0;
#endif

// A function of the C library that has a newer version than the first.
#define TORCHTS_FORWARD(type, name, parameters, arguments)                                                             \
  TORCHTS_OLD(name, TORCHTS_FIRST_GLIBC);                                                                              \
  extern "C" type torchts_old_##name parameters;                                                                       \
  extern "C" __attribute__((visibility("hidden"))) type torchts_new_##name parameters __asm__(#name);                  \
  type torchts_new_##name parameters { return torchts_old_##name arguments; }

#if __GLIBC_PREREQ(2, 29)
// Newer ones leave errno alone.
TORCHTS_FORWARD(double, log, (double value), (value))
TORCHTS_FORWARD(double, log2, (double value), (value))
#endif

#if __GLIBC_PREREQ(2, 34)
TORCHTS_FORWARD(void*, dlopen, (const char* file, int mode), (file, mode))
TORCHTS_FORWARD(void*, dlsym, (void* handle, const char* name), (handle, name))
TORCHTS_FORWARD(int, dladdr, (const void* address, Dl_info* info), (address, info))
TORCHTS_FORWARD(int, pthread_create,
                (pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument),
                (thread, attributes, run, argument))
TORCHTS_FORWARD(int, pthread_join, (pthread_t thread, void** result), (thread, result))
TORCHTS_FORWARD(int, pthread_once, (pthread_once_t* once, void (*run)()), (once, run))
TORCHTS_FORWARD(int, pthread_attr_setstacksize, (pthread_attr_t* attributes, size_t size), (attributes, size))
#endif

#if _GLIBCXX_RELEASE >= 12
__asm__(".symver torchts_old_wait, _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");
extern "C" void torchts_old_wait(std::condition_variable* condition, std::unique_lock<std::mutex>* lock);
extern "C" __attribute__((visibility("hidden"))) void torchts_new_wait(std::condition_variable* condition, std::unique_lock<std::mutex>* lock)
    __asm__("_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE");
void torchts_new_wait(std::condition_variable* condition, std::unique_lock<std::mutex>* lock) { torchts_old_wait(condition, lock); }
#endif

#endif
#endif
