// A few threads and a bounded queue of jobs. Each job is told which thread runs it, so that a thread can own
// things (a database connection). Thread safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace holdfast::custody {

class WorkerPool {
 public:
  using Job = std::function<void(int thread)>;

  WorkerPool() = default;
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { Stop(); }

  void Start(int threads, std::size_t max_queue);
  // False when the queue is full or the pool has stopped.
  bool Post(Job job);
  // Runs what was posted, then joins the threads. Idempotent.
  void Stop();

 private:
  void Loop(int thread);

  std::mutex mutex_;
  std::condition_variable jobs_waiting_;
  std::deque<Job> jobs_;
  std::size_t max_queue_ = 0;
  bool stopping_ = true;
  std::vector<std::thread> threads_;
};

}  // namespace holdfast::custody
