//! Annotated notes, put together by episode.

use std::collections::HashMap;

use clinlink_model::{AnnotatedNote, Episode, Layout, Note};

/// Collects annotated notes by episode. A note of no episode is an episode of its own, by its id.
#[derive(Debug, Default)]
pub struct Episodes {
    open: Vec<Episode>,
    by_id: HashMap<String, usize>,
}

impl Episodes {
    /// Adds a note. Returns an episode that is complete with it: that of a note of no other episode. All others
    /// are complete only when there are no more notes, since notes of an episode may come in any order.
    pub fn add(&mut self, annotated: AnnotatedNote) -> Option<Episode> {
        match annotated.note.episode.clone() {
            None => Some(Self::alone(annotated)),
            Some(id) => {
                let at = *self.by_id.entry(id.clone()).or_insert_with(|| {
                    self.open.push(Episode { id, notes: Vec::new(), repeats: Vec::new() });
                    self.open.len() - 1
                });
                self.open[at].notes.push(annotated);
                None
            }
        }
    }

    /// A note as an episode of its own.
    pub(crate) fn alone(annotated: AnnotatedNote) -> Episode {
        let id = annotated.note.id().to_owned();
        with_repeats(Episode { id, notes: vec![annotated], repeats: Vec::new() })
    }

    /// The episodes, in the order of their first notes; the notes of each in the order of their dates if all of
    /// them have one, else as they came.
    pub fn finish(self) -> impl Iterator<Item = Episode> {
        self.open.into_iter().map(|mut episode| {
            if episode.notes.iter().all(|n| n.note.date.is_some()) {
                episode.notes.sort_by(|a, b| a.note.date.cmp(&b.note.date));
            }
            with_repeats(episode)
        })
    }
}

/// The episode with the text that was copied forward in it, now that its notes are all there and in order.
fn with_repeats(mut episode: Episode) -> Episode {
    let notes: Vec<(&Note, &Layout)> = episode.notes.iter().map(|n| (&n.note, &n.layout)).collect();
    episode.repeats = clinlink_segment::repeats(&notes);
    episode
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn note(id: &str, episode: Option<&str>, date: Option<&str>) -> AnnotatedNote {
        let mut note = Note::new(id, "").unwrap();
        note.episode = episode.map(str::to_owned);
        note.date = date.map(str::to_owned);
        AnnotatedNote { note, layout: Layout::default(), expansions: Vec::new(), mentions: Vec::new() }
    }

    #[rstest]
    #[case::all_dated(&[("a", Some("2024-03-02")), ("b", Some("2024-03-01"))], &["b", "a"])]
    #[case::one_without_date(&[("a", Some("2024-03-02")), ("b", None)], &["a", "b"])]
    #[case::same_date_keeps_order(&[("b", Some("2024")), ("a", Some("2024"))], &["b", "a"])]
    fn notes_are_in_the_order_of_their_dates(
        #[case] notes: &[(&str, Option<&str>)],
        #[case] expected: &[&str],
    ) {
        let mut episodes = Episodes::default();
        for (id, date) in notes {
            assert_eq!(episodes.add(note(id, Some("e"), *date)), None);
        }
        let ids: Vec<Vec<String>> =
            episodes.finish().map(|e| e.notes.iter().map(|n| n.note.id().to_owned()).collect()).collect();
        assert_eq!(ids, [expected]);
    }

    #[test]
    fn notes_of_an_episode_come_together_from_anywhere() {
        let mut episodes = Episodes::default();
        for (id, episode) in [("1", "x"), ("2", "y"), ("3", "x")] {
            episodes.add(note(id, Some(episode), None));
        }
        let counts: Vec<(String, usize)> = episodes.finish().map(|e| (e.id, e.notes.len())).collect();
        assert_eq!(counts, [("x".to_owned(), 2), ("y".to_owned(), 1)]);
    }

    #[test]
    fn a_note_of_no_episode_is_complete_at_once() {
        let mut episodes = Episodes::default();
        let complete = episodes.add(note("alone", None, None)).unwrap();
        assert_eq!((complete.id.as_str(), complete.notes.len()), ("alone", 1));
        assert_eq!(episodes.finish().count(), 0);
    }
}
