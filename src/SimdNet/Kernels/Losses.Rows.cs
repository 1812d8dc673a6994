using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>How losses go over rows. Legal pointers: the public methods pin the spans and have checked their lengths.</content>
public static unsafe partial class Losses
{
    /// <summary>The virtual lanes of <c>Loops.Fold</c>, which also ends the sums made here.</summary>
    private const int Lanes = 32;

    /// <summary>The floats of a cache line.</summary>
    private const int Line = 16;

    /// <summary>A loss's work on some of its rows. It finds the weight of each in the place of its loss.</summary>
    internal interface ILossRows
    {
        void Invoke<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>A loss that is a sum over outputs, each with its own target.</summary>
    internal interface IElementLoss
    {
        /// <summary>The loss of an output x with the target t, and its derivative by x.</summary>
        (TSimd Loss, TSimd Derivative) Invoke<TSimd>(TSimd x, TSimd t)
            where TSimd : struct, ISimd<TSimd>;
    }

    /// <summary>The rows from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct LossRange<TRows>(TRows rows, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where TRows : struct, ILossRows
    {
        public void Invoke(int from, int to)
        {
            LossRange<TRows> part = new(rows, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => rows.Invoke<TSimd>(start, end);
    }

    /// <summary>An elementwise loss over rows. A column goes as one: 10 000 rows of one output are not worth 10 000 calls.</summary>
    internal readonly struct ElementRows<TLoss>(TLoss loss, float* x, float* t, int columns, float scale, float* dx, float* rowLosses)
        : ILossRows
        where TLoss : struct, IElementLoss
    {
        public void Invoke<TSimd>(int start, int end)
            where TSimd : struct, ISimd<TSimd>
        {
            if (columns == 1)
            {
                Column<TLoss, TSimd>(loss, x + start, t + start, scale, dx + start, rowLosses + start, end - start);
                return;
            }

            for (int row = start; row < end; row++)
            {
                nint first = (nint)row * columns;
                rowLosses[row] *= Row<TLoss, TSimd>(loss, x + first, t + first, rowLosses[row] * scale, dx + first, columns);
            }
        }
    }

    private static float Elements<TLoss>(
        TLoss loss, ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, ReadOnlySpan<float> rowWeights, int columns,
        Reduction reduction, Span<float> dOutputs, Span<float> rowLosses)
        where TLoss : struct, IElementLoss
    {
        if (rowLosses.IsEmpty)
        {
            return 0;
        }

        Weigh(rowWeights, rowLosses);
        float divisor = Divisor(reduction, columns, rowLosses);
        fixed (float* x = outputs, t = targets, dx = dOutputs, losses = rowLosses)
        {
            return Run(new ElementRows<TLoss>(loss, x, t, columns, 1 / divisor, dx, losses), columns, divisor, rowLosses);
        }
    }

    /// <summary><c>dxⱼ ← share·loss'(xⱼ, tⱼ)</c>, and the sum of the losses.</summary>
    /// <remarks>
    /// The lanes of the sum lie in memory, not in registers: so one vector at a time is enough for 32 lanes at every width, and a formula
    /// as long as the cross-entropy's stays within what the JIT is ready to inline. It costs a load and a store for each vector.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Row<TLoss, TSimd>(TLoss loss, float* x, float* t, float share, float* dx, int length)
        where TLoss : struct, IElementLoss
        where TSimd : struct, ISimd<TSimd>
    {
        float* room = stackalloc float[Lanes + Line], lanes = AtLine(room);
        int i = 0;
        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            RowStep<TLoss, TSimd>(loss, x + i, t + i, share, dx + i, lanes + (i & (Lanes - 1)), TSimd.Count);
        }

        if (i < length)
        {
            RowStep<TLoss, TSimd>(loss, x + i, t + i, share, dx + i, lanes + (i & (Lanes - 1)), length - i);
        }

        return Loops.Fold<Sum, TSimd>(default, lanes, Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowStep<TLoss, TSimd>(TLoss loss, float* x, float* t, float share, float* dx, float* lanes, int count)
        where TLoss : struct, IElementLoss
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd value, TSimd derivative) = loss.Invoke(Load<TSimd>(x, count), Load<TSimd>(t, count));
        Store(TSimd.Broadcast(share) * derivative, dx, count);
        Store(TSimd.Load(lanes) + value, lanes, count);
    }

    /// <summary>
    /// <c>dxᵢ ← scale·wᵢ·loss'(xᵢ, tᵢ)</c> and <c>lᵢ ← wᵢ·loss(xᵢ, tᵢ)</c>, where wᵢ stood in lᵢ, the <paramref name="rowLosses"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Column<TLoss, TSimd>(TLoss loss, float* x, float* t, float scale, float* dx, float* rowLosses, int length)
        where TLoss : struct, IElementLoss
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            ColumnStep<TLoss, TSimd>(loss, x + i, t + i, scale, dx + i, rowLosses + i, TSimd.Count);
        }

        if (i < length)
        {
            ColumnStep<TLoss, TSimd>(loss, x + i, t + i, scale, dx + i, rowLosses + i, length - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColumnStep<TLoss, TSimd>(TLoss loss, float* x, float* t, float scale, float* dx, float* rowLosses, int count)
        where TLoss : struct, IElementLoss
        where TSimd : struct, ISimd<TSimd>
    {
        (TSimd value, TSimd derivative) = loss.Invoke(Load<TSimd>(x, count), Load<TSimd>(t, count));
        TSimd weight = Load<TSimd>(rowLosses, count);
        Store(weight * TSimd.Broadcast(scale) * derivative, dx, count);
        Store(weight * value, rowLosses, count);
    }

    /// <summary>The first cache line at or after a place: across two lines, a load waits until the store before it is in the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* AtLine(float* room) => (float*)((nuint)(room + Line - 1) & ~(nuint)((Line * sizeof(float)) - 1));

    /// <summary>A vector, or its first <paramref name="count"/> lanes: inlined into a loop of full vectors, the choice is gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Load<TSimd>(float* source, int count)
        where TSimd : struct, ISimd<TSimd> => count == TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    /// <inheritdoc cref="Load{TSimd}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd>(TSimd value, float* destination, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        if (count == TSimd.Count)
        {
            value.Store(destination);
        }
        else
        {
            value.StorePartial(destination, count);
        }
    }
}
