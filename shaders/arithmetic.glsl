// exp, erf and the activations to single precision's accuracy: the drivers' own may be worse than the answers need.

// exp(x): 2^n times a polynomial of the rest (Cephes expf). Relative error below 2e-7; 0 below -87.
float exactExp(float x)
{
    const float n = round(clamp(x, -88.0, 88.0) * 1.44269504088896341);
    float r = clamp(x, -88.0, 88.0) - n * 0.693359375;
    r -= n * -2.12194440e-4;
    float p = 1.9875691500e-4;
    p = p * r + 1.3981999507e-3;
    p = p * r + 8.3334519073e-3;
    p = p * r + 4.1665795894e-2;
    p = p * r + 1.6666665459e-1;
    p = p * r + 5.0000001201e-1;
    p = p * r * r + r + 1.0;
    return x < -87.0 ? 0.0 : p * uintBitsToFloat(uint(int(n) + 127) << 23);
}

vec4 exactExp(vec4 x)
{
    return vec4(exactExp(x.x), exactExp(x.y), exactExp(x.z), exactExp(x.w));
}

// erf(x): x times a polynomial near 0, 1 - exp(a polynomial) further out, as in Juffa's single-precision erff. Absolute
// error below 1.2e-7.
float exactErf(float x)
{
    const float t = abs(x), s = x * x;
    float far = -1.72853470e-5 * t + 3.83197126e-4;
    far = far * s + (-3.88396438e-3 * t + 2.42546219e-2);
    far = far * t - 1.06777877e-1;
    far = far * t - 6.34846687e-1;
    far = far * t - 1.28717512e-1;
    far = far * t - t;
    float near = -5.96761703e-4;
    near = near * s + 4.99119423e-3;
    near = near * s - 2.67681349e-2;
    near = near * s + 1.12819925e-1;
    near = near * s - 3.76125336e-1;
    near = near * s + 1.28379166e-1;
    return t > 0.927734375 ? sign(x) * (1.0 - exactExp(far)) : near * x + x;
}

float activate(float x, uint activation)
{
    if (activation == kActivationGeluErf)
        return 0.5 * x * (1.0 + exactErf(x * 0.70710678118654752));
    if (activation == kActivationGeluTanh) {
        const float u = 0.79788456080286536 * (x + 0.044715 * x * x * x);
        return x - x / (exactExp(2.0 * u) + 1.0); // x/2 (1 + tanh u)
    }
    return activation == kActivationRelu ? max(x, 0.0) : x;
}
