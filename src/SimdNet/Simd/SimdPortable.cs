using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;

namespace SimdNet.Simd;

/// <summary>As many lanes as <see cref="Vector{T}"/> has: NEON, WASM, SSE, whatever comes.</summary>
internal unsafe struct SimdPortable : ISimd<SimdPortable>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private Vector<float> _value;

    [MethodImpl(Inline)]
    private SimdPortable(Vector<float> value) => _value = value;

    public static int Count
    {
        [MethodImpl(Inline)]
        get => Vector<float>.Count;
    }

    public static int RegisterCount
    {
        [MethodImpl(Inline)]
        get => AdvSimd.IsSupported ? 32 : 16;
    }

    public static bool IsSupported
    {
        [MethodImpl(Inline)]
        get => true;
    }

    public static SimdPortable Zero
    {
        [MethodImpl(Inline)]
        get => default;
    }

    [MethodImpl(Inline)]
    public static SimdPortable Broadcast(float value) => new(Vector.Create(value));

    [MethodImpl(Inline)]
    public static SimdPortable BroadcastBits(uint bits) => new(Vector.AsVectorSingle(Vector.Create(bits)));

    public static SimdPortable IndicesBits
    {
        [MethodImpl(Inline)]
        get => new(Vector.AsVectorSingle(Vector<int>.Indices));
    }

    [MethodImpl(Inline)]
    public static SimdPortable FirstLanes(int count) =>
        new(Vector.AsVectorSingle(Vector.LessThan(Vector<int>.Indices, Vector.Create(count))));

    [MethodImpl(Inline)]
    public static SimdPortable Load(float* source) => new(Vector.Load(source));

    /// <inheritdoc/>
    /// <remarks>A copy of bytes: <see cref="Vector{T}"/> has no masked load.</remarks>
    [MethodImpl(Inline)]
    public static SimdPortable LoadPartial(float* source, int count)
    {
        Vector<float> value = Vector<float>.Zero;
        Unsafe.CopyBlockUnaligned(&value, source, (uint)Math.Clamp(count, 0, Count) * sizeof(float));
        return new(value);
    }

    /// <inheritdoc/>
    /// <remarks>One by one: <see cref="Vector{T}"/> has no gather.</remarks>
    [MethodImpl(Inline)]
    public static SimdPortable Gather(float* source, SimdPortable indicesBits)
    {
        Vector<float> lanes = indicesBits._value;
        for (int i = 0; i < Count; i++)
        {
            ((float*)&lanes)[i] = source[((int*)&lanes)[i]];
        }

        return new(lanes);
    }

    [MethodImpl(Inline)]
    public readonly void Store(float* destination) => Vector.Store(_value, destination);

    [MethodImpl(Inline)]
    public readonly void StorePartial(float* destination, int count)
    {
        Vector<float> value = _value;
        Unsafe.CopyBlockUnaligned(destination, &value, (uint)Math.Clamp(count, 0, Count) * sizeof(float));
    }

    [MethodImpl(Inline)]
    public void Accumulate(SimdPortable a, SimdPortable b) => _value = Vector.FusedMultiplyAdd(a._value, b._value, _value);

    [MethodImpl(Inline)]
    public static SimdPortable FusedMultiplyAdd(SimdPortable a, SimdPortable b, SimdPortable c) =>
        new(Vector.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(Inline)]
    public static SimdPortable operator +(SimdPortable a, SimdPortable b) => new(a._value + b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator -(SimdPortable a, SimdPortable b) => new(a._value - b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator *(SimdPortable a, SimdPortable b) => new(a._value * b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator /(SimdPortable a, SimdPortable b) => new(a._value / b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator &(SimdPortable a, SimdPortable b) => new(a._value & b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator |(SimdPortable a, SimdPortable b) => new(a._value | b._value);

    [MethodImpl(Inline)]
    public static SimdPortable operator ^(SimdPortable a, SimdPortable b) => new(a._value ^ b._value);

    [MethodImpl(Inline)]
    public static SimdPortable Min(SimdPortable a, SimdPortable b) => new(Vector.Min(a._value, b._value));

    [MethodImpl(Inline)]
    public static SimdPortable Max(SimdPortable a, SimdPortable b) => new(Vector.Max(a._value, b._value));

    [MethodImpl(Inline)]
    public static SimdPortable Lesser(SimdPortable a, SimdPortable b) =>
        new(Vector.ConditionalSelect(Vector.LessThan(a._value, b._value), a._value, b._value));

    [MethodImpl(Inline)]
    public static SimdPortable Greater(SimdPortable a, SimdPortable b) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(a._value, b._value), a._value, b._value));

    [MethodImpl(Inline)]
    public static SimdPortable Abs(SimdPortable a) => new(Vector.Abs(a._value));

    [MethodImpl(Inline)]
    public static SimdPortable Sqrt(SimdPortable a) => new(Vector.SquareRoot(a._value));

    [MethodImpl(Inline)]
    public static SimdPortable Round(SimdPortable a) => new(Vector.Round(a._value));

    [MethodImpl(Inline)]
    public static SimdPortable Scale(SimdPortable a, SimdPortable n) => SimdMath.ScaleInTwoSteps(a, n);

    [MethodImpl(Inline)]
    public static SimdPortable Equal(SimdPortable a, SimdPortable b) => new(Vector.AsVectorSingle(Vector.Equals(a._value, b._value)));

    [MethodImpl(Inline)]
    public static SimdPortable LessThan(SimdPortable a, SimdPortable b) => new(Vector.AsVectorSingle(Vector.LessThan(a._value, b._value)));

    [MethodImpl(Inline)]
    public static SimdPortable LessThanOrEqual(SimdPortable a, SimdPortable b) =>
        new(Vector.AsVectorSingle(Vector.LessThanOrEqual(a._value, b._value)));

    [MethodImpl(Inline)]
    public static SimdPortable Select(SimdPortable mask, SimdPortable ifSet, SimdPortable ifClear) =>
        new(Vector.ConditionalSelect(mask._value, ifSet._value, ifClear._value));

    /// <inheritdoc/>
    /// <remarks>Through memory, twice in a row: <see cref="Vector{T}"/> has no permutation.</remarks>
    [MethodImpl(Inline)]
    public static SimdPortable Rotate(SimdPortable a, int count)
    {
        Twice<SimdPortable> lanes = new(a, a);
        return Load((float*)&lanes + count);
    }

    /// <inheritdoc/>
    /// <remarks>Value by value, through memory, as what follows: <see cref="Vector{T}"/> has no shuffle.</remarks>
    [MethodImpl(Inline)]
    public static (SimdPortable Even, SimdPortable Odd) Deinterleave(SimdPortable a, SimdPortable b)
    {
        Twice<SimdPortable> lanes = new(a, b), parted = default;
        for (int i = 0; i < Count; i++)
        {
            ((float*)&parted)[i] = ((float*)&lanes)[2 * i];
            ((float*)&parted)[Count + i] = ((float*)&lanes)[(2 * i) + 1];
        }

        return (parted.Low, parted.High);
    }

    [MethodImpl(Inline)]
    public static (SimdPortable Low, SimdPortable High) Interleave(SimdPortable even, SimdPortable odd)
    {
        Twice<SimdPortable> parted = new(even, odd), lanes = default;
        for (int i = 0; i < Count; i++)
        {
            ((float*)&lanes)[2 * i] = ((float*)&parted)[i];
            ((float*)&lanes)[(2 * i) + 1] = ((float*)&parted)[Count + i];
        }

        return (lanes.Low, lanes.High);
    }

    [MethodImpl(Inline)]
    public static float ToScalar(SimdPortable a) => a._value.ToScalar();

    [MethodImpl(Inline)]
    public static float Reduce<TFold>(TFold fold, SimdPortable lanes)
        where TFold : struct, IFold => Loops.Tree(fold, lanes);

    [MethodImpl(Inline)]
    public static SimdPortable AddBits(SimdPortable a, SimdPortable b) =>
        new(Vector.AsVectorSingle((Vector.AsVectorUInt32(a._value) + Vector.AsVectorUInt32(b._value))));

    [MethodImpl(Inline)]
    public static SimdPortable SubtractBits(SimdPortable a, SimdPortable b) =>
        new(Vector.AsVectorSingle((Vector.AsVectorUInt32(a._value) - Vector.AsVectorUInt32(b._value))));

    [MethodImpl(Inline)]
    public static SimdPortable LessThanBits(SimdPortable a, SimdPortable b) =>
        new(Vector.AsVectorSingle(Vector.LessThan(Vector.AsVectorInt32(a._value), Vector.AsVectorInt32(b._value))));

    [MethodImpl(Inline)]
    public static SimdPortable MultiplyLowBits(SimdPortable a, SimdPortable b) =>
        new(Vector.AsVectorSingle((Vector.AsVectorUInt32(a._value) * Vector.AsVectorUInt32(b._value))));

    /// <inheritdoc/>
    /// <remarks>One widening multiply gives the products of the even lanes, a second those of the odd lanes.</remarks>
    [MethodImpl(Inline)]
    public static SimdPortable MultiplyHighBits(SimdPortable a, SimdPortable b)
    {
        Vector<ulong> x = Vector.AsVectorUInt64(a._value), y = Vector.AsVectorUInt64(b._value), low = Vector.Create(0xFFFF_FFFFul);
        Vector<ulong> even = ((x & low) * (y & low)) >>> 32;
        Vector<ulong> odd = ((x >>> 32) * (y >>> 32)) & ~low;
        return new(Vector.AsVectorSingle(even | odd));
    }

    [MethodImpl(Inline)]
    public static SimdPortable ShiftLeftBits(SimdPortable a, int count) =>
        new(Vector.AsVectorSingle((Vector.AsVectorUInt32(a._value) << count)));

    [MethodImpl(Inline)]
    public static SimdPortable ShiftRightBits(SimdPortable a, int count) =>
        new(Vector.AsVectorSingle((Vector.AsVectorUInt32(a._value) >>> count)));

    [MethodImpl(Inline)]
    public static SimdPortable ConvertBits(SimdPortable a) => new(Vector.ConvertToSingle(Vector.AsVectorInt32(a._value)));

    /// <remarks>Value by value: <see cref="Vector{T}"/> has no shuffle of two vectors.</remarks>
    [MethodImpl(Inline)]
    public static (SimdPortable A, SimdPortable B, SimdPortable C, SimdPortable D) LoadColumns(float* source, nint stride) =>
        (new(Column(source, stride)), new(Column(source + 1, stride)), new(Column(source + 2, stride)), new(Column(source + 3, stride)));

    private static Vector<float> Column(float* source, nint stride)
    {
        Vector<float> column = Vector<float>.Zero;
        for (int j = 0; j < Count; j++)
        {
            column = column.WithElement(j, source[j * stride]);
        }

        return column;
    }
}
