#include "engine/weights/pickle.h"

#include "engine/weights/pickle_value.h"

#include <cstring>

namespace engine::weights {

namespace {

using Value = PickleValue;
using ValuePtr = std::shared_ptr<PickleValue>;
using Type = Value::Type;

class Machine {
public:
    Machine(std::span<const uint8_t> bytes, std::string file) : m_bytes(bytes), m_file(std::move(file)) { }

    Result<ValuePtr> run()
    {
        while (!m_error) {
            const uint8_t opcode = byte();
            if (m_error)
                break;
            if (opcode == '.') {
                ValuePtr result = pop();
                if (m_error)
                    break;
                return result;
            }
            step(opcode);
        }
        return *m_error;
    }
    size_t position() const { return m_at; }

private:
    void fail(const std::string& text)
    {
        if (!m_error)
            m_error = Error{ErrorKind::BadData, m_file + ", byte " + std::to_string(m_at) + " of the pickle: " + text};
    }

    std::span<const uint8_t> take(uint64_t count)
    {
        if (count > m_bytes.size() - m_at) {
            fail("the file ends inside an object; it is cut short");
            return {};
        }
        const auto taken = m_bytes.subspan(m_at, count);
        m_at += count;
        return taken;
    }
    uint8_t byte()
    {
        const auto one = take(1);
        return one.empty() ? 0 : one[0];
    }
    uint64_t number(size_t size)
    {
        uint64_t value = 0;
        const auto bytes = take(size);
        if (!bytes.empty())
            std::memcpy(&value, bytes.data(), size);
        return value;
    }
    std::string line()
    {
        std::string text;
        for (char c = char(byte()); c != '\n' && !m_error; c = char(byte()))
            text += c;
        return text;
    }

    void push(Value value) { m_stack.push_back(std::make_shared<Value>(std::move(value))); }
    void pushText(std::span<const uint8_t> bytes)
    {
        push({.type = Type::Text, .text = std::string(bytes.begin(), bytes.end())});
    }
    void pushInteger(int64_t value) { push({.type = Type::Integer, .integer = value}); }
    ValuePtr pop()
    {
        if (m_stack.empty() || (!m_marks.empty() && m_stack.size() <= m_marks.back())) {
            fail("an object is missing; the file is damaged");
            return std::make_shared<Value>();
        }
        ValuePtr value = std::move(m_stack.back());
        m_stack.pop_back();
        return value;
    }
    std::vector<ValuePtr> popToMark()
    {
        if (m_marks.empty()) {
            fail("a mark is missing; the file is damaged");
            return {};
        }
        std::vector<ValuePtr> items(m_stack.begin() + int64_t(m_marks.back()), m_stack.end());
        m_stack.resize(m_marks.back());
        m_marks.pop_back();
        return items;
    }
    Value& top(Type type, const char* what)
    {
        if (m_stack.empty() || m_stack.back()->type != type) {
            fail(std::string(what) + " is not where it should be; the file is damaged");
            m_stack.push_back(std::make_shared<Value>(Value{.type = type}));
        }
        return *m_stack.back();
    }
    void tuple(std::vector<ValuePtr> items) { push({.type = Type::Tuple, .items = std::move(items)}); }
    void tupleOf(size_t count)
    {
        std::vector<ValuePtr> items(count);
        for (size_t i = count; i-- > 0;)
            items[i] = pop();
        tuple(std::move(items));
    }
    void global(const std::string& module, const std::string& name)
    {
        const std::string full = module + "." + name;
        for (const AdmittedGlobal& admitted : kAdmitted)
            if (full == admitted.global) {
                push({.type = Type::Global, .text = full});
                return;
            }
        fail("it wants " + full + ", which a state dict of weights does not need; the file is refused");
    }
    void put(uint64_t index)
    {
        if (m_stack.empty())
            fail("nothing to remember; the file is damaged");
        else
            m_memo[index] = m_stack.back();
    }
    void get(uint64_t index)
    {
        const auto found = m_memo.find(index);
        if (found == m_memo.end())
            fail("an object is referred to before it is there; the file is damaged");
        else
            m_stack.push_back(found->second);
    }

    // ('storage', <type>, key, location, count) becomes a storage.
    void persistent()
    {
        const ValuePtr id = pop();
        const auto& items = id->items;
        if (id->type != Type::Tuple || items.size() < 5 || items[0]->text != "storage" || items[1]->type != Type::Global
            || items[2]->type != Type::Text || items[4]->type != Type::Integer || items[4]->integer < 0)
            return fail("a storage is not described as torch does");
        for (const AdmittedGlobal& admitted : kAdmitted)
            if (items[1]->text == admitted.global && admitted.storage) {
                Value storage{.type = Type::Storage};
                storage.tensor.storage = items[2]->text;
                storage.tensor.dtype = *admitted.storage;
                storage.tensor.storageElements = uint64_t(items[4]->integer);
                push(std::move(storage));
                return;
            }
        fail("a storage of an unknown type");
    }

    // What a REDUCE may do: make an empty dictionary, or describe a tensor.
    void reduce()
    {
        const ValuePtr arguments = pop(), function = pop();
        if (m_error)
            return;
        if (function->type != Type::Global || arguments->type != Type::Tuple)
            return fail("something is called that is no function; the file is refused");
        if (function->text == "collections.OrderedDict") {
            if (!arguments->items.empty() && !arguments->items[0]->items.empty())
                return fail("an ordered dictionary with arguments is not expected");
            push({.type = Type::Dict});
            return;
        }
        const auto& items = arguments->items;
        if (function->text != "torch._utils._rebuild_tensor_v2" || items.size() < 4 || items[0]->type != Type::Storage
            || items[1]->type != Type::Integer || items[1]->integer < 0 || items[2]->type != Type::Tuple
            || items[3]->type != Type::Tuple)
            return fail("a tensor is not described as torch does");
        Value tensor{.type = Type::Tensor, .tensor = items[0]->tensor};
        tensor.tensor.offset = uint64_t(items[1]->integer);
        const auto whole = [&](const ValuePtr& list, Shape& out) {
            for (const ValuePtr& item : list->items) {
                if (item->type != Type::Integer || item->integer < 0)
                    return fail("a tensor's shape is not made of whole numbers");
                out.push_back(item->integer);
            }
        };
        whole(items[2], tensor.tensor.shape);
        whole(items[3], tensor.tensor.strides);
        if (tensor.tensor.shape.size() != tensor.tensor.strides.size() || tensor.tensor.shape.size() > 16)
            return fail("a tensor's shape and strides do not fit");
        push(std::move(tensor));
    }

    void setItems(std::vector<ValuePtr> items)
    {
        if (items.size() % 2)
            return fail("a dictionary's key has no value");
        Value& dict = top(Type::Dict, "a dictionary");
        dict.items.insert(dict.items.end(), items.begin(), items.end());
    }

    void append(std::vector<ValuePtr> items)
    {
        Value& list = top(Type::List, "a list");
        list.items.insert(list.items.end(), items.begin(), items.end());
    }

    void integerOf(uint64_t length)
    {
        const auto bytes = take(length);
        if (length > 8 && !m_error) { // the legacy container's magic number: its value is of no interest here
            pushInteger(0);
            return;
        }
        int64_t value = length > 0 && !bytes.empty() && (bytes.back() & 0x80) ? -1 : 0;
        if (!bytes.empty())
            std::memcpy(&value, bytes.data(), bytes.size());
        pushInteger(value);
    }

    void step(uint8_t opcode);

    std::span<const uint8_t> m_bytes;
    std::string m_file;
    size_t m_at = 0;
    std::vector<ValuePtr> m_stack;
    std::vector<size_t> m_marks;
    std::map<uint64_t, ValuePtr> m_memo;
    std::optional<Error> m_error;
};

void Machine::step(uint8_t opcode)
{
    switch (opcode) {
    case 0x80: // PROTO
        if (byte() > 5)
            fail("a pickle protocol above 5");
        break;
    case 0x95: // FRAME
        number(8);
        break;
    case '(':
        m_marks.push_back(m_stack.size());
        break;
    case 'N':
        push({});
        break;
    case 0x88: // NEWTRUE
    case 0x89: // NEWFALSE
        push({.type = Type::Bool, .integer = opcode == 0x88});
        break;
    case 'K':
        pushInteger(int64_t(number(1)));
        break;
    case 'M':
        pushInteger(int64_t(number(2)));
        break;
    case 'J':
        pushInteger(int32_t(uint32_t(number(4))));
        break;
    case 0x8a: // LONG1
        integerOf(number(1));
        break;
    case 0x8b: // LONG4
        integerOf(number(4));
        break;
    case 'X': // BINUNICODE
        pushText(take(number(4)));
        break;
    case 0x8c: // SHORT_BINUNICODE
        pushText(take(number(1)));
        break;
    case 0x8d: // BINUNICODE8
        pushText(take(number(8)));
        break;
    case 'U': // SHORT_BINSTRING
        pushText(take(number(1)));
        break;
    case ')':
        tuple({});
        break;
    case 0x85:
    case 0x86:
    case 0x87: // TUPLE1 … TUPLE3
        tupleOf(opcode - 0x84u);
        break;
    case 't':
        tuple(popToMark());
        break;
    case ']':
        push({.type = Type::List});
        break;
    case '}':
        push({.type = Type::Dict});
        break;
    case 'a':
        append({pop()});
        break;
    case 'e':
        append(popToMark());
        break;
    case 's': {
        const ValuePtr value = pop(), key = pop();
        setItems({key, value});
        break;
    }
    case 'u':
        setItems(popToMark());
        break;
    case 'q':
        put(number(1));
        break;
    case 'r':
        put(number(4));
        break;
    case 0x94: // MEMOIZE
        put(m_memo.size());
        break;
    case 'h':
        get(number(1));
        break;
    case 'j':
        get(number(4));
        break;
    case 'c': {
        const std::string module = line(), name = line();
        if (!m_error)
            global(module, name);
        break;
    }
    case 0x93: { // STACK_GLOBAL
        const ValuePtr name = pop(), module = pop();
        if (!m_error)
            global(module->text, name->text);
        break;
    }
    case 'Q':
        persistent();
        break;
    case 'R':
        reduce();
        break;
    case 'b': // BUILD: torch sets the dictionary's _metadata; of no interest
        pop();
        top(Type::Dict, "a dictionary");
        break;
    default:
        fail("the instruction " + std::to_string(opcode) + " is not one that weights need; the file is refused");
    }
}

} // namespace

Result<Pickled> unpickleStateDict(std::span<const uint8_t> bytes, const std::string& file)
{
    Machine machine(bytes, file);
    TRY_ASSIGN(const ValuePtr root, machine.run());
    if (root->type != Type::Dict)
        return Error{ErrorKind::BadData, file + ": it holds no state dict"};
    Pickled pickled{.bytesRead = machine.position()};
    for (size_t i = 0; i + 1 < root->items.size(); i += 2) {
        const Value &key = *root->items[i], &value = *root->items[i + 1];
        if (key.type != Type::Text || value.type != Type::Tensor)
            return Error{ErrorKind::BadData,
                file + ": entry " + std::to_string(i / 2) + " of the state dict is not a named tensor"};
        pickled.tensors[key.text] = value.tensor;
    }
    return pickled;
}

Result<size_t> skipPickle(std::span<const uint8_t> bytes, const std::string& file)
{
    Machine machine(bytes, file);
    TRY(machine.run());
    return machine.position();
}

Result<std::pair<std::vector<std::string>, size_t>> unpickleStrings(
    std::span<const uint8_t> bytes, const std::string& file)
{
    Machine machine(bytes, file);
    TRY_ASSIGN(const ValuePtr root, machine.run());
    std::vector<std::string> strings;
    for (const ValuePtr& item : root->items) {
        if (root->type != Type::List || item->type != Type::Text)
            return Error{ErrorKind::BadData, file + ": the list of storages is damaged"};
        strings.push_back(item->text);
    }
    return std::pair{strings, machine.position()};
}

} // namespace engine::weights
