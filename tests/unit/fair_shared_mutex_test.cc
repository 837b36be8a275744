#include "core/fair_shared_mutex.h"

#include <gtest/gtest.h>

#include <thread>

namespace af {
namespace {

TEST(FairSharedMutex, IsSharedByReaders) {
  FairSharedMutex mutex;
  mutex.lock_shared();
  EXPECT_TRUE(mutex.try_lock_shared());
  std::thread([&] { EXPECT_TRUE(mutex.try_lock_shared()); }).join();
  for (int i = 0; i < 3; i++) mutex.unlock_shared();
}

TEST(FairSharedMutex, IsTheWritersAlone) {
  FairSharedMutex mutex;
  mutex.lock();
  std::thread([&] { EXPECT_FALSE(mutex.try_lock_shared()); }).join();
  mutex.unlock();
}

TEST(FairSharedMutex, LetsNoReaderPastAWaitingWriter) {
  FairSharedMutex mutex;
  mutex.lock_shared();
  bool written = false;
  std::thread writer([&] {
    mutex.lock();
    written = true;
    mutex.unlock();
  });
  // Once the writer waits nobody else gets in. If that were not so, this would never end.
  while (mutex.try_lock_shared()) mutex.unlock_shared();
  std::thread late_reader([&] {
    mutex.lock_shared();
    EXPECT_TRUE(written);
    mutex.unlock_shared();
  });
  mutex.unlock_shared();
  writer.join();
  late_reader.join();
}

}  // namespace
}  // namespace af
