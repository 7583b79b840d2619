#include "app/commands/shown_byte.h"

namespace app::commands {

std::string shownByte(int byte)
{
    constexpr const char* kSpecial[] = {"[PAD]", "[BOS]", "[EOS]", "[MASK]", "[CLS]", "[SEP]"};
    if (byte < 0)
        return kSpecial[-1 - byte];
    if (byte >= 0x20 && byte < 0x7f)
        return std::string(1, char(byte));
    constexpr char kDigits[] = "0123456789abcdef";
    return {'\\', 'x', kDigits[byte >> 4 & 15], kDigits[byte & 15]};
}

} // namespace app::commands
