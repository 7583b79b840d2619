#include "app/media/jpeg_check.h"

namespace app::media {

namespace {

constexpr int kMostCodes = 256;
constexpr uint8_t kHuffmanTables = 0xC4, kScan = 0xDA, kEnd = 0xD9, kNone = 0xFF;

class Walker {
public:
    explicit Walker(std::span<const uint8_t> bytes) : m_bytes(bytes) { }

    bool atEnd() const { return m_at >= m_bytes.size(); }
    void skip(int64_t count) { m_at += count > 0 ? size_t(count) : 0; }
    uint8_t byte() { return atEnd() ? 0 : m_bytes[m_at++]; }
    int pair()
    {
        const int high = byte();
        return high << 8 | byte();
    }

    // The next marker's code; kNone where the next byte begins none.
    uint8_t marker()
    {
        uint8_t x = byte();
        if (x != 0xFF)
            return kNone;
        while (x == 0xFF && !atEnd())
            x = byte();
        return x;
    }

    // The tables of one segment, from its length on.
    bool tablesFit()
    {
        for (int left = pair() - 2; left > 0 && !atEnd();) {
            byte(); // which table
            int codes = 0;
            for (int length = 1; length <= 16; ++length)
                codes += byte();
            if (codes > kMostCodes)
                return false;
            skip(codes);
            left -= 17 + codes;
        }
        return true;
    }

    // To the next marker: in a scan's own bytes 0xFF is followed by zero or a restart's number.
    void skipScan()
    {
        for (; m_at + 1 < m_bytes.size(); ++m_at) {
            const uint8_t next = m_bytes[m_at + 1];
            if (m_bytes[m_at] == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7))
                return;
        }
        m_at = m_bytes.size();
    }

private:
    std::span<const uint8_t> m_bytes;
    size_t m_at = 0;
};

} // namespace

bool jpegTablesFit(std::span<const uint8_t> bytes)
{
    Walker walker(bytes);
    if (walker.marker() != 0xD8)
        return true;
    while (!walker.atEnd()) {
        const uint8_t marker = walker.marker();
        if (marker == kEnd)
            break;
        if (marker == kHuffmanTables && !walker.tablesFit())
            return false;
        if (marker != kHuffmanTables && marker != kNone)
            walker.skip(walker.pair() - 2);
        if (marker == kScan)
            walker.skipScan();
    }
    return true;
}

} // namespace app::media
