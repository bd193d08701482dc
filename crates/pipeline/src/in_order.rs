//! A stream of items worked on by several threads, in bounded memory, in order.
//!
//! ```text
//! items ─ reader ─▶ bounded channel ─▶ workers ─ channel ─▶ back in order ─▶ sink
//!            ▲                                                    │
//!            └──────────────────── permits ◀──────────────────────┘
//! ```
//!
//! The reader needs a permit for each item and gets it back when the item has left in order: one slow item stops the
//! reader rather than letting finished ones pile up.

use std::collections::BTreeMap;
use std::thread;

use crossbeam::channel::{bounded, unbounded};

/// Items under way for each worker.
const ITEMS_A_WORKER: usize = 4;

/// Hands what `work` makes of each item to `sink`, in the order of the items. If the sink returns an error, the run ends
/// with it. There is one worker at least.
///
/// # Errors
/// Those of the sink.
pub(crate) fn in_order<T: Send, R: Send, S>(
    workers: usize,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(R) -> Result<(), S>,
) -> Result<(), S> {
    let workers = workers.max(1);
    let under_way = workers * ITEMS_A_WORKER;
    let (permit, permits) = bounded::<()>(under_way);
    let (to_workers, items_to_do) = bounded(under_way);
    let (done, results) = unbounded();
    let work = &work;
    thread::scope(|scope| {
        scope.spawn(move || {
            for item in items.enumerate() {
                if permit.send(()).is_err() || to_workers.send(item).is_err() {
                    return;
                }
            }
        });
        for _ in 0..workers {
            let (items_to_do, done) = (items_to_do.clone(), done.clone());
            scope.spawn(move || {
                for (number, item) in items_to_do {
                    if done.send((number, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop((items_to_do, done));
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        // Both end here, on the way out too: that ends workers and reader.
        let (results, permits) = (results, permits);
        for (number, result) in &results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&next) {
                sink(result)?;
                next += 1;
                // The reader took a permit for this item, so one is there.
                let _ = permits.recv();
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use rstest::rstest;

    use super::*;

    #[rstest]
    fn results_keep_the_order_of_the_items(
        #[values(0, 1, 3, 8)] workers: usize,
        #[values(0, 1, 200)] items: u64,
    ) {
        let mut found = Vec::new();
        let slow_first = |item: u64| {
            if item.is_multiple_of(7) {
                thread::sleep(Duration::from_millis(1));
            }
            item * 2
        };
        let Ok(()) = in_order(workers, 0..items, slow_first, |item| {
            found.push(item);
            Ok::<(), std::convert::Infallible>(())
        });
        assert_eq!(found, (0..items).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_of_the_sink_ends_the_run() {
        let read = AtomicUsize::new(0);
        let items = std::iter::repeat_with(|| read.fetch_add(1, Ordering::Relaxed));
        let ended = in_order(2, items, |item| item, |item| if item == 5 { Err(item) } else { Ok(()) });
        assert_eq!(ended, Err(5));
        assert!(read.into_inner() < 100, "the reader went on");
    }

    #[test]
    fn a_slow_item_stops_the_reader() {
        let read = AtomicUsize::new(0);
        let items = (0..1_000).inspect(|_| {
            read.fetch_add(1, Ordering::Relaxed);
        });
        let first_waits = |item: usize| {
            if item == 0 {
                thread::sleep(Duration::from_millis(50));
                return read.load(Ordering::Relaxed);
            }
            0
        };
        let mut most = 0;
        let Ok(()) = in_order(4, items, first_waits, |ahead| {
            most = most.max(ahead);
            Ok::<(), std::convert::Infallible>(())
        });
        assert!(most <= 4 * ITEMS_A_WORKER + 1, "{most} items were read while the first was under way");
    }
}
