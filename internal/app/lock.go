package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/dictumal/dictumal"
)

// Private

// lock makes this process the only one that works with the data folder. The
// system gives the lock back when the process ends, however it ends.
func lock(folder string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, dictumal.NewError(dictumal.CodeUnavailable,
			"The data folder "+folder+" cannot be written; check its rights and that the disk has room.").Wrap(err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(dictumal.NewError(dictumal.CodeConflict, "A server is running already with the data folder "+folder+
			"; stop it first, or set another DICTUMAL_DATA_DIR."), file.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", err), file.Close())
	}
	return file, nil
}
