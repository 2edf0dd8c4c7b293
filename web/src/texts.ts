// The practice texts. Each group trains one thing; `aim` says which in the list.

export interface PracticeText {
  aim: string;
  text: string;
}

export interface TextGroup {
  name: string;
  texts: PracticeText[];
}

export const TEXT_GROUPS: readonly TextGroup[] = [
  {
    name: "Sounds that are easily mixed up",
    texts: [
      { aim: "th, v and w", text: "I think this is the very best weather for a long walk." },
      { aim: "r and l", text: "She left her bright red coat at school last week." },
      { aim: "v and w", text: "We waved from the river while the wind moved over the valley." },
      { aim: "th and s, th and z", text: "Those three brothers think that their mother is seventy." },
      { aim: "sit and seat", text: "Please sit in this seat and eat a bit of the green beans." },
      { aim: "bad, bed and bud", text: "The black cat sat on my bed and had fun with a bug." },
      { aim: "full and fool", text: "Look at the blue pool, it is full of good cool water." },
      { aim: "sh, ch and j", text: "She chose a cheap jacket and a large pair of shoes." },
      { aim: "n and ng", text: "The young singer was bringing ten strings in the morning." },
    ],
  },
  {
    name: "Ends and clusters",
    texts: [
      { aim: "Final consonants", text: "He asked for a cold drink and a clean desk by the window." },
      { aim: "s with a consonant", text: "Seven students spent the spring studying stones and stars." },
      { aim: "Past tense endings", text: "They walked home, cleaned the kitchen, and waited for the rain." },
      { aim: "Plural endings", text: "Cats, dogs and horses like open fields and warm places." },
    ],
  },
  {
    name: "Everyday",
    texts: [
      { aim: "Very short", text: "We call it bear." },
      {
        aim: "Ordering",
        text: "Could I have a large coffee with milk, please, and a piece of that apple cake?",
      },
      { aim: "Asking the way", text: "Excuse me, how do I get to the train station from here?" },
      {
        aim: "On the phone",
        text: "Hello, this is Robert. I would like to change my appointment to Thursday.",
      },
      { aim: "At work", text: "Let me share my screen and walk you through the results of last month." },
      { aim: "Numbers", text: "My train leaves at 7:45 on May 3rd, and the ticket costs $12.50." },
    ],
  },
  {
    name: "Longer passages",
    texts: [
      {
        aim: "The lighthouse",
        text:
          "Every evening the old keeper climbed the stairs of the lighthouse and lit the lamp. From the top he could " +
          "see the harbor, the fishing boats, and far away the thin white line where the sea became the sky.",
      },
      {
        aim: "Learning to listen",
        text:
          "When we learn a new language, we hear it first through the sounds that we already know. With practice the " +
          "ear becomes sharper, and one day a difference that was hidden is suddenly clear.",
      },
    ],
  },
];
