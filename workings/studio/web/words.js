// Words: what the words of a page mean, a sentence each, for who meets them for the first time.

import { h } from "./dom.js";

const WORDS = {
  unit: "adds up what it is given, each number times its weight, and its bias; then bends the sum.",
  "weight, bias": "the numbers that the network learns: how much each input counts, and what is added at the end.",
  activation: "the curve that bends the sum of a unit; and the number that comes out.",
  output: "the last layer. Its numbers are the answer.",
  loss: "how wrong the answers are, as one number J. Training makes it small.",
  gradient: "how fast the loss grows with a number: a step of training goes the other way.",
  "Z1[3,1]": "the sum of layer 1, unit 3, example 1; A is what the activation makes of it, dZ its gradient.",
  "W1[3,2]": "the weight of layer 1 to unit 3 from input 2; b1 are its biases, dW1 and db1 the gradients.",
  "E3[3,1]": "e to the power of Z3[3,1]; its share of the sum of all E3 is the answer A3[3,1].",
  points: "what is to be learned: the color of each point, or its number.",
  noise: "how far points lie from where they belong.",
  "share learned from": "the others are held out: they show how the network does on what it has not seen.",
  seed: "where chance begins: the same seed gives the same data and the same first weights.",
  features: "what the network is told of each point.",
  "learn from": "the rows: each is one example.",
  "predict the column": "what is to be learned from the other columns.",
  "units in each layer": "16 16 are two layers of 16 units, between the input and the output.",
  layers: "how many units the layers between the input and the output have.",
  dropout: "the share of units that every step leaves out, by chance.",
  "L2 penalty": "keeps weights small; 0 leaves them alone.",
  "L1 penalty": "takes many weights to 0; 0 leaves them alone.",
  optimizer: "how a step is made of the gradient: gradient-descent is the plain one, adam often the fastest.",
  "learning rate": "how long a step is: too short learns slowly, too long jumps about.",
  schedule: "cosine makes the steps shorter and shorter; constant does not.",
  epoch: "once through everything that is learned from.",
  "batch size": "how many examples each step looks at.",
  accuracy: "the share of answers that are right.",
  derivative: "dJ/da is how fast J grows with a: by dJ/da · 0.001 when a grows by 0.001.",
};

/**
 * What some words mean, to be opened.
 * @param {(keyof typeof WORDS)[]} words
 */
export function meanings(words) {
  const each = words.flatMap((word) => [h("dt", {}, word), h("dd", {}, WORDS[word])]);
  return h("details", { class: "meanings" }, h("summary", {}, "What the words mean"), h("dl", {}, each));
}
