"""The code: secret laws per site, keyed symbols per recipient, scores and their null law.

    roles     which alternative of a site is how likely (secret, per edition)
    symbols   recipient number → symbols, by a keyed bit-sliced stream
    attacks   how likely a coalition's member shares the symbol that was leaked
    scores    integer weights: the statistic
    nulls     the exact law of the statistic for an innocent
    lengths   how many readable sites name a lone leaker

Nothing here knows documents, key files or suspects.

Layout of version 1, frozen by `tests/engine/vectors`. All integers of the
streams are little-endian, except AES-CTR's own counter block.

Laws. Site `i` reads block `i` (16 bytes, counter `i`) of AES-128-CTR under the
edition's "roles" key, as two 64-bit words. Word 0 modulo q! picks the role
permutation, the lexicographic list of permutations of 0 … q−1: entry `r` is the
alternative that plays role `r`. Word 1 modulo the number of the profile's laws
for arity q picks the law.

Symbols. An edition of `m` sites has planes of `W = 2·⌈m/128⌉` 64-bit words. A
recipient's four planes lie one after the other in AES-128-CTR under the
edition's "bits" key, from counter `recipient · 2·W` on. Bit `i mod 64` of word
`i div 64` of plane `k` is bit `k` of the number `u` (0 … 15) that site `i` draws.
The roles divide 0 … 15 in order, as many numbers each as the law gives them.
"""
