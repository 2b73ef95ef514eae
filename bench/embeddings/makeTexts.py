"""Writes `texts.txt`: short texts on many subjects, one a line, the same ones each time."""

import random
from pathlib import Path

COUNT = 7000

SUBJECTS = {
    "shop": (
        "{adjective} {thing} {use}, {detail}",
        ["light", "waterproof", "second-hand", "foldable", "warm", "cheap", "hand-made", "sturdy"],
        ["rain jacket", "tent", "bicycle lamp", "wool blanket", "coffee grinder", "desk chair",
         "rucksack", "cast iron pan", "pair of boots", "head torch", "sleeping bag", "umbrella"],
        ["for long walks", "for small kitchens", "for children", "for the winter", "for the office",
         "for two people", "for beginners"],
        ["sold out in green", "with a guarantee of five years", "delivered tomorrow",
         "returned once and unworn", "half the usual price", "without plastic"],
    ),
    "support": (
        "{adjective}: the {thing} {use} {detail}",
        ["Question", "Complaint", "Urgent", "Follow-up", "Bug report", "Wish"],
        ["login page", "monthly invoice", "export to a spreadsheet", "mobile app", "password reset",
         "search box", "newsletter", "shopping basket", "calendar", "printer driver"],
        ["does not load", "shows the wrong date", "asks for a code twice", "is very slow",
         "forgets what I have chosen", "ends with an error", "cannot be closed"],
        ["since the last update", "on my telephone only", "when I am abroad", "every Monday",
         "although I have paid", "for all of my colleagues", "behind our proxy"],
    ),
    "kitchen": (
        "{adjective} {thing} {use}, {detail}",
        ["Simple", "Spicy", "Cold", "Sweet", "Quick", "My grandmother's", "Vegan"],
        ["lentil soup", "apple cake", "potato salad", "mushroom risotto", "fish stew", "rye bread",
         "noodles", "pumpkin curry", "pancakes", "chocolate pudding", "bean stew"],
        ["with lemon", "with roasted nuts", "from yesterday's leftovers", "for twenty guests",
         "without an oven", "in half an hour", "with fresh herbs"],
        ["best on the second day", "let it rest overnight", "stir it all the time",
         "serve it with yoghurt", "keeps for a week", "the salt comes last"],
    ),
    "travel": (
        "{adjective} {thing} {use}; {detail}",
        ["A slow", "A crowded", "The cheapest", "A beautiful", "The first", "An overnight"],
        ["train to the coast", "ferry between the islands", "bus over the pass", "walk along the river",
         "flight to the north", "boat trip through the canals", "cycle route round the lake",
         "cable car to the hut", "tram into the old town"],
        ["in early spring", "with a dog", "during the holidays", "before sunrise", "without a plan",
         "in heavy snow", "for a school class"],
        ["book the seats early", "the view is on the left", "bring your own food",
         "it is cancelled when it storms", "tickets are sold on board", "nobody speaks English there"],
    ),
    "health": (
        "{adjective} {thing} {use}: {detail}",
        ["Sudden", "Mild", "Lasting", "Recurring", "Harmless", "Severe"],
        ["headache", "pain in the knee", "cough", "rash on the arms", "loss of sleep", "stiff neck",
         "fever", "dizziness", "sore throat", "back pain"],
        ["after sport", "in the morning", "during pregnancy", "in old age", "in small children",
         "after a long flight", "from sitting too much"],
        ["see a doctor within a day", "rest and drink a lot", "often nothing to worry about",
         "exercises help more than pills", "a sign of too little water", "keep a diary of it"],
    ),
    "software": (
        "{adjective} {thing} {use}, {detail}",
        ["Explain the", "Review the", "Rewrite the", "Measure the", "Delete the", "Document the"],
        ["transaction that is retried", "index that nobody queries", "cache in front of the store",
         "queue of pending jobs", "migration of the schema", "test that fails at night",
         "lock held too long", "parser of dates", "stream of changes", "backup of last week"],
        ["in the payment service", "on the staging cluster", "in the mobile client",
         "behind the load balancer", "for the nightly report", "before the release"],
        ["it blocks all readers", "memory grows without end", "the order of events is lost",
         "two writers meet there", "a timeout hides the cause", "nobody owns the code"],
    ),
    "home": (
        "{adjective} {thing} {use}, {detail}",
        ["Sunny", "Noisy", "Tiny", "Shared", "Renovated", "Empty", "Old"],
        ["flat with a balcony", "house near the forest", "room above a bakery", "studio with a skylight",
         "garden behind the station", "cellar with a window", "attic under a flat roof",
         "workshop in the yard", "garage by the road"],
        ["for a year", "for a family of four", "for students", "close to a school",
         "without a lift", "with a view of the harbour"],
        ["heating is included", "pets are welcome", "free from next month", "the rent has gone up",
         "viewings on Saturday", "the landlord lives downstairs"],
    ),
    "nature": (
        "{adjective} {thing} {use}; {detail}",
        ["A young", "A rare", "An injured", "A shy", "A noisy", "A hungry"],
        ["fox", "barn owl", "hedgehog", "grey heron", "beaver", "bumblebee", "tree frog", "badger",
         "swallow", "red squirrel"],
        ["in the vegetable garden", "on the edge of the village", "under the bridge",
         "during a dry summer", "in a nest of twigs", "at the feeding place"],
        ["do not touch it", "it comes back every year", "its tracks lead to the stream",
         "it hunts after dark", "the young leave in June", "count them from a distance"],
    ),
    "music": (
        "{adjective} {thing} {use}, {detail}",
        ["Loud", "Gentle", "Unfinished", "Forgotten", "Live", "Late"],
        ["piano sonata", "folk song", "drum solo", "choir rehearsal", "string quartet", "jazz record",
         "film score", "organ concert", "lullaby", "protest song"],
        ["from the sixties", "in a small church", "for four hands", "on an open-air stage",
         "with a broken string", "by an unknown composer"],
        ["the audience sang along", "recorded in one evening", "never printed",
         "the tempo is too fast", "it ends in a minor key", "tickets cost nothing"],
    ),
    "money": (
        "{adjective} {thing} {use}: {detail}",
        ["Overdue", "Unexpected", "Monthly", "Refunded", "Disputed", "Tax-free"],
        ["electricity bill", "train ticket", "insurance premium", "donation", "bank fee", "salary",
         "loan instalment", "hotel deposit", "parking fine", "repair of the car"],
        ["paid in cash", "from a joint account", "in a foreign currency", "by direct debit",
         "through the company card", "after the deadline"],
        ["keep the receipt", "ask for a copy", "split it in three", "the amount is wrong",
         "it was booked twice", "the reason is missing"],
    ),
}


def all_texts():
    for pattern, adjectives, things, uses, details in SUBJECTS.values():
        for adjective in adjectives:
            for thing in things:
                for use in uses:
                    for detail in details:
                        yield pattern.format(
                            adjective=adjective, thing=thing, use=use, detail=detail
                        )


if __name__ == "__main__":
    chosen = random.Random(18).sample(sorted(set(all_texts())), COUNT)
    Path(__file__).with_name("texts.txt").write_text("".join(text + "\n" for text in chosen))
