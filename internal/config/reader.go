package config

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/joho/godotenv"
)

// FaultsError is everything that is wrong with a configuration, each in a sentence.
type FaultsError []string

// Error lists the faults, one in each line.
func (f FaultsError) Error() string { return strings.Join(f, "\n") }

// reader takes typed values out of variables and gathers what is wrong. A
// variable that is set to nothing is as good as unset.
type reader struct {
	values map[string]string
	faults FaultsError
}

func newReader(environ []string, envFile string) (*reader, error) {
	r := &reader{values: map[string]string{}}
	if envFile != "" {
		values, err := godotenv.Read(envFile)
		if _, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, FaultsError{fmt.Sprintf("--env-file %s cannot be read: %v.", envFile, err)}
		}
		if err != nil { // it quotes the rest of the file, secrets and all
			return nil, FaultsError{fmt.Sprintf("--env-file %s has a line that is neither NAME=value nor a comment; correct it.", envFile)}
		}
		r.values = values
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		r.values[name] = value
	}
	return r, nil
}

func (r *reader) fault(format string, args ...any) {
	// A variable that is asked for twice is wrong once.
	if fault := fmt.Sprintf(format, args...); !slices.Contains(r.faults, fault) {
		r.faults = append(r.faults, fault)
	}
}

// text reads a variable, or the file that the variable with _FILE appended names.
func (r *reader) text(name, fallback string) string {
	value, file := r.values[name], r.values[name+"_FILE"]
	switch {
	case value != "" && file != "":
		r.fault("%s and %s_FILE are both set; keep one.", name, name)
	case file != "":
		content, err := os.ReadFile(file)
		if err != nil {
			r.fault("%s_FILE cannot be read: %v.", name, err)
		}
		value = strings.TrimRight(string(content), "\r\n")
	}
	if value == "" {
		return fallback
	}
	return value
}

// alias reads a variable that has two names.
func (r *reader) alias(name, other string) string {
	value, second := r.text(name, ""), r.text(other, "")
	if value != "" && second != "" && value != second {
		r.fault("%s and %s are both set and differ; they are two names of one setting, keep one.", name, other)
	}
	if value == "" {
		return second
	}
	return value
}

func (r *reader) list(name string) []string {
	return strings.FieldsFunc(r.text(name, ""), func(c rune) bool { return c == ',' || c == ' ' || c == '\n' })
}

// truth reads a switch, which is off where it is not set.
func (r *reader) truth(name string) bool {
	switch text := strings.ToLower(r.text(name, "")); text {
	case "1", "true", "yes", "on":
		return true
	case "", "0", "false", "no", "off":
	default:
		r.fault("%s is %q and must be 1, true, yes or on, or else 0, false, no or off.", name, text)
	}
	return false
}

func (r *reader) duration(name string, fallback time.Duration) time.Duration {
	text := r.text(name, "")
	if text == "" {
		return fallback
	}
	value, err := time.ParseDuration(text)
	if err != nil || value <= 0 {
		r.fault("%s is %q and must be a length of time like 90s, 20m or 1h.", name, text)
		return fallback
	}
	return value
}

func (r *reader) count(name string, fallback int) int {
	text := r.text(name, "")
	if text == "" {
		return fallback
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 1 {
		r.fault("%s is %q and must be a whole number from 1.", name, text)
		return fallback
	}
	return value
}

// money reads an amount in USD; without one there is no bound.
func (r *reader) money(name string) float64 {
	text := r.text(name, "")
	if text == "" || text == "none" {
		return 0
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value > 0) || math.IsInf(value, 0) {
		r.fault("%s is %q and must be an amount in USD like 20 or 7.50, or none.", name, text)
		return 0
	}
	return value
}
