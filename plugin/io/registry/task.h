// Task<T>: a lazily started coroutine that yields one T. It lets the many
// exchanges of one fetch (mirrors, challenges, redirects, retries, pages) read
// as straight code while all fetches of a call share one thread.
//
// A Task owns its frame; it is awaited or run once, by one thread. An exception
// inside it reaches whoever takes the value.
#ifndef ASSAY_IO_REGISTRY_TASK_H_
#define ASSAY_IO_REGISTRY_TASK_H_

#include <coroutine>
#include <exception>
#include <utility>
#include <variant>

namespace assay::registry {

template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  // Gives control back to the awaiting coroutine, or to the loop.
  struct Final {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle self) const noexcept {
      const auto waiter = self.promise().waiter;
      return waiter ? waiter : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  struct promise_type {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void return_value(T result) { value = std::move(result); }
    void unhandled_exception() { value = std::current_exception(); }

    std::coroutine_handle<> waiter;
    std::variant<std::monostate, T, std::exception_ptr> value;
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // As an awaitable: starts the task and continues when it has ended.
  bool await_ready() const noexcept { return false; }
  Handle await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().waiter = waiter;
    return handle_;
  }
  T await_resume() { return Take(); }

  // As the outermost task.
  void Start() { handle_.resume(); }
  bool done() const { return handle_.done(); }
  T Take() {
    auto& value = handle_.promise().value;
    if (auto* problem = std::get_if<std::exception_ptr>(&value)) {
      std::rethrow_exception(*problem);
    }
    return std::get<T>(std::move(value));
  }

 private:
  explicit Task(Handle handle) : handle_(handle) {}

  Handle handle_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_TASK_H_
