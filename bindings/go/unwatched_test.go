//go:build !race

package arrayformat_test

// The race detector keeps memory of its own for all that was ever used.
const watchedForRaces = false
