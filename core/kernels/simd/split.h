// Split, split and times_power (see vec.h) by arithmetic on a float's bits, for targets without
// instructions for them. Included by their headers, in their namespaces.
struct Split {
    Vec fraction;
    IVec power;  // whole, where a float's exponent is
};

SUNHWAN_INLINE Split split(Vec a) {
    const Vec bounded = min(broadcast(127.0f), max(broadcast(-126.0f), a));
    const Vec biased = bounded + broadcast(integer_bias);
    return {bounded - (biased - broadcast(integer_bias)), shift_left<23>(bits(biased))};
}

SUNHWAN_INLINE Vec times_power(Vec a, Split s) {
    return a * from_bits(bits(broadcast(1.0f)) + s.power);
}
