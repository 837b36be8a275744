using System;
using System.Runtime.InteropServices;
using System.Threading;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>How names are compared with a pattern.</summary>
    public enum NameMatch
    {
        /// <summary>Names that begin with it.</summary>
        Prefix,
        /// <summary>From end to end, with *, ?, [a-z], [!a-z] and \\.</summary>
        Glob
    }

    /// <summary>What becomes of an array that is there already.</summary>
    public enum Present
    {
        /// <summary>ArrayAlreadyExists, and nothing is done.</summary>
        Refuse,
        /// <summary>It stays; merging only.</summary>
        Skip,
        Replace
    }

    public sealed partial class ArrayFile
    {
        /// <summary>
        /// At most limit arrays whose names match, from position first on; next is where the next page begins, -1 when there is none.
        /// </summary>
        public ArrayInfo[] ListPage(string pattern, NameMatch match, long first, long limit, out long next)
        {
            IntPtr found;
            var following = new long[1];
            Check(Raw.af_file_list_page(Pointer, Native.Bytes(pattern), (int)match, first, limit, out found, following, IntPtr.Zero));
            next = following[0];
            return ArrayInfo.Take(found);
        }

        /// <summary>
        /// Lengthens an array of T along an axis and writes the new part, of that shape; strides in bytes, as in Write. Answers where the
        /// part begins along the axis.
        /// </summary>
        public unsafe long Append<T>(string name, int axis, long[] shape, ReadOnlySpan<T> elements, long[] strides = null,
                                     CancellationToken token = default(CancellationToken)) where T : struct
        {
            Expect<T>(name);
            if (strides != null && strides.Length != shape.Length)
                throw Failure.Of(Status.InvalidArgument, strides.Length + " strides for a part of rank " + shape.Length);
            var bytes = MemoryMarshal.AsBytes(elements);
            long position;
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
            using (var call = new Call(token))
                Ended(call, Raw.af_file_append(Pointer, Native.Bytes(name), axis, shape, shape.Length, strides, (IntPtr)first, bytes.Length,
                                               out position, call.Value));
            return position;
        }

        /// <summary>Lengthens a string array.</summary>
        public long AppendTexts(string name, int axis, long[] shape, string[] elements, CancellationToken token = default(CancellationToken))
        {
            return AppendVariable(name, axis, shape, Pieces.Pack(elements), token);
        }

        /// <summary>Lengthens a binary array.</summary>
        public long AppendBinaries(string name, int axis, long[] shape, byte[][] elements, CancellationToken token = default(CancellationToken))
        {
            return AppendVariable(name, axis, shape, Pieces.Pack(elements), token);
        }

        private unsafe long AppendVariable(string name, int axis, long[] shape, Pieces elements, CancellationToken token)
        {
            long position;
            fixed (byte* first = elements.Data)
            using (var call = new Call(token))
                Ended(call, Raw.af_file_append_variable(Pointer, Native.Bytes(name), axis, shape, shape.Length, (IntPtr)first, elements.Offsets,
                                                        elements.Count, out position, call.Value));
            return position;
        }

        /// <summary>Gives an array another name.</summary>
        public void Rename(string name, string newName)
        {
            Check(Raw.af_file_rename(Pointer, Native.Bytes(name), Native.Bytes(newName), IntPtr.Zero));
        }

        /// <summary>Copies an array of another file, or of the same, with its attributes. It is an unflushed change like any other.</summary>
        public void CopyArray(ArrayFile source, string name, string newName, Present present = Present.Refuse,
                              CancellationToken token = default(CancellationToken))
        {
            Run(token, call => Raw.af_file_copy_array(Pointer, source.Pointer, Native.Bytes(name), Native.Bytes(newName), (int)present, call));
            GC.KeepAlive(source);
        }

        /// <summary>Copies arrays, which keep their names: all of them or none.</summary>
        public void CopyArrays(ArrayFile source, Names names, Present present = Present.Refuse, CancellationToken token = default(CancellationToken))
        {
            var all = names.Packed;
            Run(token, call => Raw.af_file_copy_arrays(Pointer, source.Pointer, all.Data, all.Offsets, all.Count, (int)present, call));
            GC.KeepAlive(source);
        }

        /// <summary>Copies an array and deletes it in the source. Flush this file first, then the source: between the two both have it.</summary>
        public void MoveArray(ArrayFile source, string name, string newName, Present present = Present.Refuse,
                              CancellationToken token = default(CancellationToken))
        {
            Run(token, call => Raw.af_file_move_array(Pointer, source.Pointer, Native.Bytes(name), Native.Bytes(newName), (int)present, call));
            GC.KeepAlive(source);
        }

        /// <summary>Copies all arrays of another file.</summary>
        public void Merge(ArrayFile source, Present present = Present.Refuse, CancellationToken token = default(CancellationToken))
        {
            Run(token, call => Raw.af_file_merge(Pointer, source.Pointer, (int)present, call));
            GC.KeepAlive(source);
        }

        /// <summary>Compacts the stack and gives it a footer version, 4 or 5.</summary>
        public void Upgrade(int footerVersion, CancellationToken token = default(CancellationToken))
        {
            Run(token, call => Raw.af_file_upgrade(Pointer, footerVersion, call));
        }

        /// <summary>Removes what dead writers and compactions have left beside the stack; the bytes given back.</summary>
        public long CollectGarbage()
        {
            long freed;
            Check(Raw.af_file_gc(Pointer, out freed, IntPtr.Zero));
            return freed;
        }

        /// <summary>
        /// Copies the layers that are read, byte for byte. An earlier backup at the path gets those that it does not have yet. Of the options
        /// only Durability counts.
        /// </summary>
        public unsafe void Backup(string path, ArrayFileOptions options = null, CancellationToken token = default(CancellationToken))
        {
            var given = ArrayFileOptions.Make(options);
            var address = (IntPtr)(&given);
            Run(token, call => Raw.af_file_backup(Pointer, Native.Bytes(path), address, call));
        }
    }
}
