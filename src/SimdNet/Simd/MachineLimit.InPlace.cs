using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimdNet.Simd;

/// <content>The limit of passes that write where they have read, as optimizers do: no line of memory is fetched to be overwritten.</content>
public static unsafe partial class MachineLimit
{
    /// <summary>
    /// The rate of a pass that reads some arrays and writes the first of them in place, <c>a ← a + Σ others</c>, in bytes per second: 4 for
    /// each number read and 4 for each written.
    /// </summary>
    /// <param name="bytes">All arrays together, rounded up to whole vectors: it decides which cache is measured, or the memory.</param>
    /// <param name="read">The arrays, all of which are read: 4 for Adam.</param>
    /// <param name="written">Those of them that are written too: 3 for Adam.</param>
    /// <param name="samples">How many times it is measured; the best counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="bytes"/>, <paramref name="read"/> or <paramref name="samples"/> is not positive, or <paramref name="written"/> is not
    /// from 0 to <paramref name="read"/>.
    /// </exception>
    public static double InPlaceBytesPerSecond(int bytes, int read, int written, int samples = 15)
    {
        Guard.Positive(bytes, nameof(bytes));
        Guard.Positive(read, nameof(read));
        Guard.InRange(written, 0, read, nameof(written));
        Guard.Positive(samples, nameof(samples));
        InPlaceKernel kernel = new(bytes, read, written, samples);
        SimdWidth.Invoke(ref kernel);
        return kernel.BytesPerSecond;
    }

    /// <summary>
    /// Adds to each of the first <paramref name="written"/> arrays the sum of those after them. <paramref name="length"/> is a whole number of
    /// vectors, which are four of the machine's: so many lines of one array in a row that the inner loops' own cost is hidden.
    /// </summary>
    /// <returns>The sum of the last vectors, so that reading is not idle where nothing is written.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static TSimd AddInPlace<TSimd>(float* arrays, nint stride, int read, int written, nint length)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd sum = TSimd.Zero;
        for (nint i = 0; i < length; i += TSimd.Count)
        {
            float* middle = arrays + (written * stride) + i, end = arrays + (read * stride) + i;
            sum = TSimd.Zero;
            for (float* array = middle; array < end; array += stride)
            {
                sum += TSimd.Load(array);
            }

            for (float* array = arrays + i; array < middle; array += stride)
            {
                (TSimd.Load(array) + sum).Store(array);
            }
        }

        return sum;
    }

    private struct InPlaceKernel(int bytes, int read, int written, int samples) : ISimdKernel
    {
        public double BytesPerSecond { get; private set; }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Measure<Twice<Twice<TSimd>>>();

        private void Measure<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            long bytesPerStep = (long)sizeof(float) * read * TSimd.Count;
            nint length = (nint)((bytes + bytesPerStep - 1) / bytesPerStep * TSimd.Count), stride = length + Gap;
            nuint room = (nuint)(read * stride * sizeof(float));
            float* arrays = (float*)NativeMemory.AlignedAlloc(room, 64);
            try
            {
                NativeMemory.Clear(arrays, room);
                _ = AddInPlace<TSimd>(arrays, stride, read, written, length);
                for (int sample = 0; sample < samples; sample++)
                {
                    BytesPerSecond = Math.Max(BytesPerSecond, Sample<TSimd>(arrays, stride, length));
                }
            }
            finally
            {
                NativeMemory.AlignedFree(arrays);
            }
        }

        private readonly double Sample<TSimd>(float* arrays, nint stride, nint length)
            where TSimd : struct, ISimd<TSimd>
        {
            double bytesMoved = (double)sizeof(float) * (read + written) * length;
            long repetitions = Math.Max(1, (long)(BytesPerSample / bytesMoved)), start = Stopwatch.GetTimestamp();
            for (long i = 0; i < repetitions; i++)
            {
                _ = AddInPlace<TSimd>(arrays, stride, read, written, length);
            }

            return bytesMoved * repetitions / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
