// What can fail says so in its type: Result<T> is a value or an Error, TRY hands an Error up.
// Errors are for the world (files, devices, users); ENGINE_ASSERT is for us (a wrong shape between our own parts).
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace engine {

// What kind of failure, so that a caller can choose an exit code or a way out. The sentence is in Error::message.
enum class ErrorKind {
    Usage, // the request itself makes no sense
    BadData, // a file's content is wrong
    NoInput, // no such file
    NoDevice, // no usable device, or it was lost
    Internal, // our mistake
    InputOutput, // reading or writing failed
    Cancelled, // the user asked to stop
};

// What was wrong, where, and what to do, in one or two plain sentences that a user can read as they are.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message;
};

template <typename T> class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) { }

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & { return std::get<0>(m_state); }
    const T& value() const& { return std::get<0>(m_state); }
    T&& value() && { return std::get<0>(std::move(m_state)); }
    const Error& error() const& { return std::get<1>(m_state); }
    Error&& error() && { return std::get<1>(std::move(m_state)); }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) { }

    bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    const Error& error() const& { return *m_error; }
    Error&& error() && { return std::move(*m_error); }

private:
    std::optional<Error> m_error;
};

} // namespace engine

#define ENGINE_JOIN_(a, b) a##b
#define ENGINE_JOIN(a, b) ENGINE_JOIN_(a, b)

// TRY(expression): leaves the function with the error, if there is one.
#define TRY(...)                                                                                                       \
    do {                                                                                                               \
        if (auto ENGINE_JOIN(tryResult_, __LINE__) = (__VA_ARGS__); !ENGINE_JOIN(tryResult_, __LINE__).ok())           \
            return std::move(ENGINE_JOIN(tryResult_, __LINE__)).error();                                               \
    } while (false)

// TRY_ASSIGN(Type name, expression): the value, or leaves the function with the error.
#define TRY_ASSIGN(declaration, ...)                                                                                   \
    auto ENGINE_JOIN(tryAssign_, __LINE__) = (__VA_ARGS__);                                                            \
    if (!ENGINE_JOIN(tryAssign_, __LINE__).ok())                                                                       \
        return std::move(ENGINE_JOIN(tryAssign_, __LINE__)).error();                                                   \
    declaration = std::move(ENGINE_JOIN(tryAssign_, __LINE__)).value()
