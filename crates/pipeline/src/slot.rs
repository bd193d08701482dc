//! A slot of `pipeline.toml`: `use` names what stands in it, the other keys are its settings.
//!
//! serde's own tagged enums hold a table back until they have seen its tag, and place a fault in it at the table's header.
//! Here each setting is read as it comes, so that a fault is placed at its own line.

use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

/// Reads which of `names` stands in a slot, and its settings.
pub(crate) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    names: &'static [&'static str],
) -> Result<(&'static str, T), D::Error> {
    deserializer.deserialize_map(Slot { names, settings: PhantomData })
}

struct Slot<T> {
    names: &'static [&'static str],
    settings: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Slot<T> {
    type Value = (&'static str, T);

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut settings = Settings { map, names: self.names, name: None };
        let read = T::deserialize(MapAccessDeserializer::new(&mut settings))?;
        let name = settings.name.ok_or_else(|| A::Error::missing_field("use"))?;
        Ok((name, read))
    }
}

/// The table without its key `use`.
struct Settings<A> {
    map: A,
    names: &'static [&'static str],
    name: Option<&'static str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Settings<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        while let Some(key) = self.map.next_key_seed(Key(&mut seed))? {
            match key {
                Some(key) => return Ok(Some(key)),
                None => self.name = Some(self.map.next_value_seed(Name(self.names))?),
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a key with the seed, which is left as it is if the key is `use`: `None`.
struct Key<'a, K>(&'a mut Option<K>);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, K> {
    type Value = Option<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        let seed = if key == "use" { None } else { self.0.take() };
        seed.map(|seed| seed.deserialize(key.into_deserializer())).transpose()
    }
}

/// Reads one of the names.
struct Name(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = self.0.iter().find(|known| **known == name);
        known.copied().ok_or_else(|| D::Error::unknown_variant(&name, self.0))
    }
}
