namespace SimdNet.Simd;

/// <summary>
/// The one vocabulary of every kernel: a vector of <see cref="Count"/> 32-bit lanes. A kernel is generic over
/// <c>where TSimd : struct, ISimd&lt;TSimd&gt;</c>; the JIT specialises it for each width, and the vectors stay in registers.
/// </summary>
/// <remarks>
/// Every operation is exact IEEE 754 or defined on the bits, so the same lane has the same bits at every width. Operations whose
/// name ends in <c>Bits</c> treat a lane as a 32-bit integer that happens to lie in a float register. A comparison gives a mask: all
/// bits of a lane set, or none.
/// </remarks>
/// <typeparam name="TSelf">The vector itself.</typeparam>
public unsafe interface ISimd<TSelf>
    where TSelf : struct, ISimd<TSelf>
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The number of architectural vector registers: it decides how large a tile of accumulators may be.</summary>
    static abstract int RegisterCount { get; }

    /// <summary>Whether this machine runs this width in hardware.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>0 in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary><paramref name="value"/> in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>The bit pattern <paramref name="bits"/> in every lane.</summary>
    static abstract TSelf BroadcastBits(uint bits);

    /// <summary>0, 1, 2 ... as 32-bit integers.</summary>
    static abstract TSelf IndicesBits { get; }

    /// <summary>A mask of the first <paramref name="count"/> lanes: none for 0 or less, all for <see cref="Count"/> or more.</summary>
    static abstract TSelf FirstLanes(int count);

    /// <summary>Reads <see cref="Count"/> values; no alignment is required.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Reads the first <paramref name="count"/> values, touches nothing after them; the other lanes are 0.</summary>
    static abstract TSelf LoadPartial(float* source, int count);

    /// <summary>
    /// Stands up a block of <see cref="Count"/> rows of 4 values, row j at <c>source[j·stride]</c>: its four columns, each a vector.
    /// </summary>
    static abstract (TSelf A, TSelf B, TSelf C, TSelf D) LoadColumns(float* source, nint stride);

    /// <summary>Lane i reads the value at <c>source[i-th index]</c>, for indices from 0 on: 32-bit integers.</summary>
    static abstract TSelf Gather(float* source, TSelf indicesBits);

    /// <summary>Writes <see cref="Count"/> values; no alignment is required.</summary>
    void Store(float* destination);

    /// <summary>Writes the first <paramref name="count"/> lanes and touches no memory after them.</summary>
    void StorePartial(float* destination, int count);

    /// <summary><c>this ← a·b + this</c>, rounded once. In place, so that an accumulator keeps its register.</summary>
    void Accumulate(TSelf a, TSelf b);

    /// <summary><c>a·b + c</c>, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary><c>a + b</c>.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary><c>a - b</c>.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary><c>a·b</c>.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary><c>a/b</c>.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>Bitwise and.</summary>
    static abstract TSelf operator &(TSelf a, TSelf b);

    /// <summary>Bitwise or.</summary>
    static abstract TSelf operator |(TSelf a, TSelf b);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract TSelf operator ^(TSelf a, TSelf b);

    /// <summary>IEEE 754-2019 minimum: NaN if either is NaN; -0 is less than +0.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>IEEE 754-2019 maximum: NaN if either is NaN; +0 is greater than -0.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary><c>a &lt; b ? a : b</c>: <paramref name="b"/> where either is NaN. One instruction; <see cref="Min"/> is three.</summary>
    static abstract TSelf Lesser(TSelf a, TSelf b);

    /// <summary><c>a &gt; b ? a : b</c>: <paramref name="b"/> where either is NaN. One instruction; <see cref="Max"/> is three.</summary>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>The magnitude: the sign bit cleared.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>The nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary><c>a·2ⁿ</c>, rounded once, for a normal a and an integer |n| ≤ 252; NaN if either is.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);

    /// <summary>The mask of <c>a = b</c>.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>The mask of <c>a &lt; b</c>.</summary>
    static abstract TSelf LessThan(TSelf a, TSelf b);

    /// <summary>The mask of <c>a ≤ b</c>.</summary>
    static abstract TSelf LessThanOrEqual(TSelf a, TSelf b);

    /// <summary>Where <paramref name="mask"/> is set <paramref name="ifSet"/>, elsewhere <paramref name="ifClear"/>: bit by bit.</summary>
    static abstract TSelf Select(TSelf mask, TSelf ifSet, TSelf ifClear);

    /// <summary>Lane i takes lane (i + <paramref name="count"/>) mod <see cref="Count"/>, for 0 ≤ count &lt; <see cref="Count"/>.</summary>
    static abstract TSelf Rotate(TSelf a, int count);

    /// <summary>Of the lanes of a and then b, those at even places and those at odd places.</summary>
    static abstract (TSelf Even, TSelf Odd) Deinterleave(TSelf a, TSelf b);

    /// <summary>Lanes in turn, <c>even₀ odd₀ even₁ odd₁ …</c>: what <see cref="Deinterleave"/> undoes.</summary>
    static abstract (TSelf Low, TSelf High) Interleave(TSelf even, TSelf odd);

    /// <summary>The first lane.</summary>
    static abstract float ToScalar(TSelf a);

    /// <summary>All lanes as one number, by a tree: lane i takes lane i + half, for half = Count/2, Count/4 … 1.</summary>
    static abstract float Reduce<TFold>(TFold fold, TSelf lanes)
        where TFold : struct, IFold;

    /// <summary>32-bit integer addition, wrapping.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>32-bit integer subtraction, wrapping.</summary>
    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>The mask of <c>a &lt; b</c> for signed 32-bit integers.</summary>
    static abstract TSelf LessThanBits(TSelf a, TSelf b);

    /// <summary>The low 32 bits of the product of unsigned integers.</summary>
    static abstract TSelf MultiplyLowBits(TSelf a, TSelf b);

    /// <summary>The high 32 bits of the 64-bit product of unsigned integers.</summary>
    static abstract TSelf MultiplyHighBits(TSelf a, TSelf b);

    /// <summary>Bits moved up by <paramref name="count"/>, zeros from below.</summary>
    static abstract TSelf ShiftLeftBits(TSelf a, int count);

    /// <summary>Bits moved down by <paramref name="count"/>, zeros from above.</summary>
    static abstract TSelf ShiftRightBits(TSelf a, int count);

    /// <summary>The value of a signed 32-bit integer as a float, rounded to nearest even.</summary>
    static abstract TSelf ConvertBits(TSelf a);
}
