import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import org.arrayformat.ArrayFile;
import org.arrayformat.Names;

/** What a call costs in Java: as calls.c. */
final class Calls {
    private static final int ARRAYS = 1000;
    private static final int ELEMENTS = 250;
    private static final int ROUNDS = 30;
    private static final int CALLS = 200_000;
    private static final int BATCHES = 40;

    private Calls() {}

    public static void main(String[] args) {
        try (ArrayFile file = ArrayFile.open(Path.of(args[0]))) {
            double trivial = trivialNs(file);
            System.out.printf(Locale.ROOT, "%.1f %.0f%n", trivial, batchNs(file));
        }
    }

    private static double trivialNs(ArrayFile file) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                if (file.layerCount() == 0) {
                    throw new AssertionError();
                }
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) CALLS);
        }
        return best;
    }

    private static double batchNs(ArrayFile file) {
        Names names = Names.of(IntStream.range(0, ARRAYS).mapToObj(i -> "array " + i).toList());
        ByteBuffer dst = ByteBuffer.allocateDirect(ARRAYS * ELEMENTS * Integer.BYTES).order(ByteOrder.nativeOrder());
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < BATCHES; i++) {
                file.readMany(names, dst);
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) BATCHES);
        }
        if (dst.getInt((999 * ELEMENTS + 3) * Integer.BYTES) != 999 + 9) {
            throw new AssertionError();
        }
        return best;
    }
}
