using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>What a window hands on: all to its largest value, or to all the same.</content>
public static unsafe partial class Pooling
{
    /// <summary>To the first value that is the largest.</summary>
    private readonly struct ToLargest(float* x, float* y, float* dOutput) : IHandingOn
    {
        public static bool IsByPlace => true;

        public void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output)
        {
            float largest = y[output];
            for (nint line = 0; line < lines * lineStep; line += lineStep)
            {
                for (nint i = line; i < line + places; i++)
                {
                    if (x[place + i] == largest)
                    {
                        dInput[i] += dOutput[output];
                        return;
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd>
        {
            AskForPairs<TSimd>(x + place, lineStep);
            Cache.Prefetch(y + output + (Ahead / 4));
            Cache.Prefetch(dOutput + output + (Ahead / 4));
            TSimd largest = TSimd.LoadPartial(y + output, count), gradient = TSimd.LoadPartial(dOutput + output, count);
            (TSimd xa, TSimd xb) = LoadPairs<TSimd>(x + place, 2 * count);
            (TSimd xc, TSimd xd) = LoadPairs<TSimd>(x + place + lineStep, 2 * count);
            a = TSimd.Equal(xa, largest) & gradient;
            gradient ^= a; // what is taken is not left for the next
            b = TSimd.Equal(xb, largest) & gradient;
            gradient ^= b;
            c = TSimd.Equal(xc, largest) & gradient;
            gradient ^= c;
            d = TSimd.Equal(xd, largest) & gradient;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (TSimd Even, TSimd Odd) LoadPairs<TSimd>(float* source, int left)
            where TSimd : struct, ISimd<TSimd> => left >= 2 * TSimd.Count
                ? TSimd.Deinterleave(TSimd.Load(source), TSimd.Load(source + TSimd.Count))
                : TSimd.Deinterleave(TSimd.LoadPartial(source, left), TSimd.LoadPartial(source + TSimd.Count, left - TSimd.Count));

        public void Parts<TSimd>(ref readonly Block block, ref readonly Line axis, int first, int end, int top, nint output, int step)
            where TSimd : struct, ISimd<TSimd>
        {
            switch (block.Stride)
            {
                case 1:
                    Parts<SideBySide, TSimd>(default, in block, in axis, first, end, top, y + output, dOutput + output, step);
                    break;
                case 2:
                    Parts<EverySecond, TSimd>(default, in block, in axis, first, end, top, y + output, dOutput + output, step);
                    break;
                default:
                    Parts<EveryNth, TSimd>(new(block.Stride), in block, in axis, first, end, top, y + output, dOutput + output, step);
                    break;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Parts<TReach, TSimd>(
            TReach reach, ref readonly Block block, ref readonly Line axis, int first, int end, int top, float* y, float* dOutput, int step)
            where TReach : struct, IReach
            where TSimd : struct, ISimd<TSimd>
        {
            int count = block.Outputs, kernel = block.Kernel;
            nint stride = block.Stride, pitch = block.ValuesPitch, tapStep = block.TapStep;
            float* outputParts = block.Parts + block.FirstOutput - block.Lowest;
            for (int output = first; output < end; output++, outputParts += block.LineStep)
            {
                (int under, int lines) = axis.Window(output);
                float* values = block.Values + ((under - top) * pitch);
                float* parts = outputParts + ((under - axis.Start(output)) * kernel * tapStep);
                for (int i = 0; i < count; i += TSimd.Count)
                {
                    nint at = ((nint)output * step) + i;
                    TSimd largest = TSimd.LoadPartial(y + at, count - i), gradient = TSimd.LoadPartial(dOutput + at, count - i);
                    float* line = values + (i * stride);
                    float* part = parts + i;
                    for (int j = 0; j < lines; j++, line += pitch)
                    {
                        for (int place = 0; place < kernel; place++, part += tapStep)
                        {
                            TSimd taken = TSimd.Equal(reach.At<TSimd>(line + place, count - i), largest) & gradient;
                            gradient ^= taken; // is not left for the next
                            taken.Store(part);
                        }
                    }
                }
            }
        }
    }

    /// <summary>To all values, each its share: of those that count, or of those that are there if 0 is given.</summary>
    private readonly struct ToAll(float* dOutput, int counted) : IHandingOn
    {
        public static bool IsByPlace => false;

        public void Window(float* dInput, nint place, nint lineStep, int lines, int places, nint output)
        {
            float share = dOutput[output] / (counted == 0 ? (float)lines * places : counted);
            for (nint line = 0; line < lines * lineStep; line += lineStep)
            {
                for (nint i = line; i < line + places; i++)
                {
                    dInput[i] += share;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Corners<TSimd>(nint place, nint lineStep, nint output, int count, out TSimd a, out TSimd b, out TSimd c, out TSimd d)
            where TSimd : struct, ISimd<TSimd>
        {
            Cache.Prefetch(dOutput + output + (Ahead / 4));
            a = b = c = d = TSimd.LoadPartial(dOutput + output, count) / TSimd.Broadcast(counted == 0 ? 4 : counted);
        }

        public void Parts<TSimd>(ref readonly Block block, ref readonly Line axis, int first, int end, int top, nint output, int step)
            where TSimd : struct, ISimd<TSimd>
        {
            float* parts = block.Parts + block.FirstOutput - block.Lowest;
            float* gradients = dOutput + output + ((nint)first * step);
            for (int line = first; line < end; line++, parts += block.LineStep, gradients += step)
            {
                Shares<TSimd>(block.Counted, counted == 0 ? axis.Window(line).Count : 0, counted, gradients, parts, block.Outputs);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Shares<TSimd>(float* places, int lines, int counted, float* dOutput, float* parts, int length)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd all = TSimd.Broadcast(counted), depth = TSimd.Broadcast(lines);
            for (int i = 0; i < length; i += TSimd.Count)
            {
                TSimd divisor = lines == 0 ? all : TSimd.Load(places + i) * depth;
                (TSimd.LoadPartial(dOutput + i, length - i) / divisor).StorePartial(parts + i, length - i);
            }
        }
    }
}
