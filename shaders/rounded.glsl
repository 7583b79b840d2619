// Two halves (IEEE, 16 bits) in one word, for products of rounded operands. Needs no extension of the device.
// bfloat16, which has no largest number to speak of, was tried: five to ten times the difference from exact answers.

// What is larger than the largest half is held there: infinite it would spoil a whole row.
uint packRounded(float x, float y)
{
    return packHalf2x16(clamp(vec2(x, y), vec2(-65504), vec2(65504)));
}

vec4 unpackHalves(uvec2 words)
{
    return vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
}
